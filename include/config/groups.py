"""What a dataset group file says, as typed and frozen values; each rule stands beside the key it is about."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from include.config.campaigns import Campaign
from include.config.datasets import Dataset, check_datasets
from include.config.requests import CreateDatasetGroup
from include.config.schemas import DatasetType
from include.config.solutions import Solution
from include.config.values import Cron, Frozen, Problem, S3Uri, refuse

BILLED_BY_INTERACTIONS = ("aws-user-personalization-v2", "aws-personalized-ranking-v2")


class Storage(Frozen):
    """Where data lies, as S3 URIs without a slash at the end."""

    incoming: S3Uri
    workspace: S3Uri
    delivery: S3Uri


class Schedules(Frozen):
    """Cron expressions, UTC."""

    import_: Cron = Field(alias="import")
    train_full: Cron
    export: Cron
    freshness: Cron = "30 6 * * *"


class Freshness(Frozen):
    """How old data and versions may be before people are mailed, whether or not a DAG failed."""

    data_hours: float = Field(default=36, gt=0)  # since the newest import was recorded
    version_days: float = Field(default=9, gt=0)  # since the version that serves was created


class Alerts(Frozen):
    """Who is told when something fails or is blocked.

    webhook: an Airflow connection of type http that hears what is mailed as well, as Slack's incoming webhooks do.
    nightly_report: whether the report of an import is mailed always, or only where a person should read it.
    """

    to: list[str] = Field(min_length=1)
    webhook: Annotated[str, Field(pattern=r"^[\w.-]{1,200}$")] | None = None
    nightly_report: Literal["problems", "always"] = "problems"


class Prices(Frozen):
    """What the page on model quality counts with: the service tells the hours of a training, never their price.

    The default is what Amazon publishes for us-east-1, https://aws.amazon.com/personalize/pricing/.
    """

    training_hour: float = Field(default=0.24, ge=0)
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "USD"

    def of_training(self, recipe: str, hours: float) -> float | None:
        """What a training costs; None for the recipes that are billed by interactions."""
        return None if recipe in BILLED_BY_INTERACTIONS else hours * self.training_hour


def _names_once(solutions: list[Solution]) -> list[Solution]:
    names = {
        "name": [solution.name for solution in solutions],
        "campaign name": [campaign.name for solution in solutions for campaign in solution.campaigns],
    }
    for what, given in names.items():
        twice = sorted({name for name in given if given.count(name) > 1})
        if twice:
            raise ValueError(f"{what} {', '.join(twice)} stands twice. Allowed: once a group")
    return solutions


def _shared_places(storage: Storage, datasets: Mapping[DatasetType, Dataset]) -> Iterator[Problem]:
    """A source's prefix below which something else lies, whose objects would be taken for rows."""
    prefixes = {
        kind: dataset.source.s3.prefix or f"{storage.incoming}/{kind}"
        for kind, dataset in datasets.items()
        if dataset.source.s3
    }
    others = {f"datasets.{kind}": prefix for kind, prefix in prefixes.items()}
    others |= {"storage.workspace": storage.workspace, "storage.delivery": storage.delivery}
    for kind, prefix in prefixes.items():
        for name, place in others.items():
            if name != f"datasets.{kind}" and f"{place}/".startswith(f"{prefix}/"):
                said = f"{name}, {place}, lies below {prefix}: its objects would be taken for rows. Name another prefix"
                yield Problem((kind, "source", "s3", "prefix"), said)


class DatasetGroupBlock(Frozen):
    """The dataset group's own request."""

    create: CreateDatasetGroup


class DatasetGroup(Frozen):
    """One YAML file."""

    dataset_group: DatasetGroupBlock
    role: Annotated[str, Field(pattern=r"^[\w+=,.@-]{1,64}$")]
    storage: Storage
    schedules: Schedules
    freshness: Freshness = Freshness()
    alerts: Alerts
    prices: Prices = Prices()
    datasets: dict[DatasetType, Dataset]
    solutions: Annotated[list[Solution], Field(min_length=1), AfterValidator(_names_once)]

    @field_validator("datasets")
    @classmethod
    def _datasets_are_possible(
        cls, datasets: dict[DatasetType, Dataset], info: ValidationInfo
    ) -> dict[DatasetType, Dataset]:
        block, storage = info.data.get("dataset_group"), info.data.get("storage")
        check_datasets(datasets, block.create.get("domain") if block else None)
        if storage:
            refuse(_shared_places(storage, datasets))
        return datasets

    @field_validator("solutions")
    @classmethod
    def _braze_fields_are_columns(cls, solutions: list[Solution], info: ValidationInfo) -> list[Solution]:
        items = info.data.get("datasets", {}).get("items")
        columns = [field["name"] for field in items.fields] if items else []
        for export in (export for solution in solutions for export in solution.exports):
            unknown = sorted(set(export.braze.fields.values()) - set(columns))
            if unknown:
                raise ValueError(
                    f"export {export.name}: braze.fields: {', '.join(unknown)}: no column of datasets.items. "
                    f"Allowed: {', '.join(columns) or 'none, since there is no items dataset'}"
                )
        return solutions

    @field_validator("solutions")
    @classmethod
    def _watched_with_patience(cls, solutions: list[Solution], info: ValidationInfo) -> list[Solution]:
        freshness = info.data.get("freshness", Freshness())
        for solution in solutions:
            if solution.longest_champion_days and freshness.version_days <= solution.longest_champion_days:
                raise ValueError(
                    f"{solution.name} may serve a version for {solution.longest_champion_days} days by its cadence and "
                    f"backtest: with freshness.version_days {freshness.version_days:g} people would be mailed of what "
                    f"is as it should be. Allowed: more than {solution.longest_champion_days} there"
                )
        return solutions

    @property
    def name(self) -> str:
        """The dataset group's name."""
        return str(self.dataset_group.create["name"])

    @property
    def campaigns(self) -> list[Campaign]:
        """The campaigns of all solutions."""
        return [campaign for solution in self.solutions for campaign in solution.campaigns]
