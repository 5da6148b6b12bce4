"""A night's new files, checked and written where Personalize imports them; nothing is lost on the way."""

import csv
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from include import workspace
from include.config.groups import Storage
from include.datasets import check
from include.s3 import Found, Place, open_text, under

MINIMUM_INTERACTIONS = 1000  # Personalize refuses a smaller interactions import


@dataclass(frozen=True)
class Staged:
    """A night of one dataset: rows_read = rows_staged + rows_set_aside.

    `location` is the S3 folder to import, ending in a slash; None where there is nothing to import: `note` says why.
    """

    location: str | None
    rows_read: int
    rows_staged: int
    rows_set_aside: int
    set_aside_columns: Mapping[str, int]
    set_aside_location: str | None
    sources: Sequence[Mapping[str, Any]]
    note: str


def stage(s3: Any, storage: Storage, dataset_type: str, fields: Sequence[Mapping[str, Any]], run_key: str) -> Staged:
    """Check every incoming file that no import has taken yet, and stage the good rows as one CSV.

    Safe to run again: a run writes the same places. Raises UnusableFileError if a file is not the dataset at all.
    """
    sources = new_files(s3, storage, dataset_type)
    if not sources:
        return Staged(None, 0, 0, 0, {}, None, [], "no new file")
    folder = Place.of(storage.workspace) / "staged" / dataset_type / run_key
    aside = Place.of(storage.workspace) / "set_aside" / dataset_type / f"{run_key}.csv"
    columns: Counter[str] = Counter()
    rows_staged = 0
    with _scratch() as good, _scratch() as bad:
        write_good, write_bad = csv.writer(good, **workspace.DIALECT).writerow, csv.writer(bad).writerow
        write_good([field["name"] for field in fields])
        write_bad(["source", "line", "reason", "row"])
        for source, row in _all_rows(s3, sources, fields):
            if isinstance(row, check.SetAside):
                write_bad([str(source.place), row.line, row.reason, row.text])
                columns[row.column or "whole row"] += 1
            else:
                write_good(row)
                rows_staged += 1
        set_aside = columns.total()
        if set_aside:
            _upload(s3, bad, aside)
        note = _why_not(dataset_type, rows_staged)
        if not note:
            _upload(s3, good, folder / f"{dataset_type}.csv")
    return Staged(
        location=None if note else f"{folder}/",
        rows_read=rows_staged + set_aside,
        rows_staged=rows_staged,
        rows_set_aside=set_aside,
        set_aside_columns=dict(columns),
        set_aside_location=str(aside) if set_aside else None,
        sources=[{"uri": str(source.place), "etag": source.etag, "size": source.size} for source in sources],
        note=note or f"{rows_staged} rows staged",
    )


def new_files(s3: Any, storage: Storage, dataset_type: str) -> list[Found]:
    """List the incoming files whose bytes no finished import has taken."""
    taken = {
        (source["uri"], source["etag"])
        for record in workspace.imports(s3, storage, dataset_type)
        for source in record["sources"]
    }
    incoming = under(s3, Place.of(storage.incoming) / dataset_type, ".csv")
    return [found for found in incoming if (str(found.place), found.etag) not in taken]


def _all_rows(
    s3: Any, sources: list[Found], fields: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[Found, list[str] | check.SetAside]]:
    for source in sources:
        for row in check.rows(str(source.place), open_text(s3, source.place), fields):
            yield source, row


def _why_not(dataset_type: str, rows_staged: int) -> str:
    if rows_staged == 0:
        return "every row was set aside"
    if dataset_type == "interactions" and rows_staged < MINIMUM_INTERACTIONS:
        return (
            f"{rows_staged} interactions are fewer than the {MINIMUM_INTERACTIONS} Personalize imports at a time: "
            "they stay where they are and go with the next night's"
        )
    return ""


def _scratch() -> Any:
    return tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="", suffix=".csv")


def _upload(s3: Any, file: Any, place: Place) -> None:
    file.flush()
    s3.upload_file(file.name, place.bucket, place.key)
