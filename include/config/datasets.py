"""What a dataset group file says about a dataset, and which of it cannot be."""

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from include.config import schemas
from include.config.checks import Checks
from include.config.schemas import DatasetType
from include.config.sources import S3Source, Source
from include.config.values import Frozen, Problem, refuse

CHECKS_OF_INTERACTIONS = ("event_types", "new_users", "new_items", "unknown_ids")


class Dataset(Frozen):
    """One dataset; `schema` is the list of fields of its Avro record, and the one place that says what its types are.

    source: where its rows come from; left out, the files below `<storage.incoming>/<dataset>`.
    columns: the source's own name of a column, by its name in the schema, where the two differ.
    small_night: what becomes of fewer than 1,000 interactions, which Personalize does not import: `carry` leaves them
        for the next night, `events` sends them by PutEvents, which needs EVENT_TYPE in the schema. Interactions only.
    partition_mb: how much of a night's objects one mapped task reads. Not for sql, which is read as one stream.
    full_every_days: after this many days a night imports everything again, FULL, from the archives of all nights; left
        out, never. Recipes that make user segments see only what was imported FULL.
    checks: see Checks.
    """

    fields: list[dict[str, Any]] = Field(alias="schema", min_length=1)
    source: Source = Source(s3=S3Source())
    columns: dict[str, str] = Field(default_factory=dict, validate_default=True)
    small_night: Literal["carry", "events"] = "carry"
    partition_mb: int = Field(default=1024, ge=1)
    full_every_days: int | None = Field(default=None, ge=1)
    checks: Checks = Checks()

    @field_validator("columns")
    @classmethod
    def _each_field_has_a_column_of_its_own(cls, columns: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        names = [str(field.get("name")) for field in info.data.get("fields", [])]
        source = info.data.get("source")
        if not names or source is None:
            return columns
        refuse(
            Problem((name,), f"no field of the schema. Allowed: {', '.join(names)}")
            for name in columns
            if name not in names
        )
        if source.athena:
            columns = {name: name.lower() for name in names} | columns
        read: dict[str, str] = {}
        for name in names:
            column = columns.get(name, name)
            if column in read:
                raise ValueError(f"{read[column]} and {name} would both be read from column {column!r}: name another")
            read[column] = name
        return columns

    @model_validator(mode="after")
    def _a_query_is_one_portion(self) -> "Dataset":
        if self.source.sql and "partition_mb" in self.model_fields_set:
            refuse([Problem(("partition_mb",), "a sql source is read as one stream: take it out, or unload by athena")])
        return self

    def field(self, name: str) -> dict[str, Any] | None:
        """The field of that name, None where the schema has none."""
        return next((field for field in self.fields if field["name"] == name), None)


def check_datasets(datasets: dict[DatasetType, Dataset], domain: str | None) -> None:
    """Refuse what no dataset of its type may say; every problem stands at its own key."""
    problems = [] if "interactions" in datasets else [Problem((), "interactions is missing: nothing trains without it")]
    for kind, dataset in datasets.items():
        of_schema = schemas.problems(kind, dataset.fields, domain)
        problems += [Problem((kind, "schema", *problem.at), problem.said) for problem in of_schema]
        if not of_schema:
            problems += [Problem((kind, *problem.at), problem.said) for problem in _out_of_place(kind, dataset)]
    refuse(problems)


def _out_of_place(kind: DatasetType, dataset: Dataset) -> Iterator[Problem]:
    event_type = dataset.field("EVENT_TYPE")
    if kind != "interactions":
        if "small_night" in dataset.model_fields_set:
            yield Problem(("small_night",), "Personalize imports any number of items and users: take it out")
        for key in CHECKS_OF_INTERACTIONS:
            if key in dataset.checks.model_fields_set:
                yield Problem(("checks", key), "a check of interactions only: take it out")
    elif dataset.small_night == "events" and (event_type is None or schemas.is_nullable(event_type)):
        yield Problem(
            ("small_night",),
            "events go by PutEvents, which needs a type of each: add {name: EVENT_TYPE, type: string} to the schema, "
            "without null, or say carry",
        )
    elif event_type is None and "event_types" in dataset.checks.model_fields_set:
        yield Problem(("checks", "event_types"), "the schema has no EVENT_TYPE: add it, or take the check out")
