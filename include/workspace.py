"""The workspace's staged nights: CSV files that imports have taken, and the records that say so."""

import csv
from collections.abc import Iterator, Mapping
from typing import Any

from include.config.groups import Storage
from include.s3 import Place, json_records, open_text, under, write_json

# As Personalize reads CSV: a backslash before a quote.
DIALECT: dict[str, Any] = {"doublequote": False, "escapechar": "\\", "lineterminator": "\n"}


def record_import(s3: Any, storage: Storage, dataset_type: str, run_key: str, imported: Mapping[str, Any]) -> str:
    """Write down that an import job has taken a staged night; from here on its files are not new. Returns the URI."""
    return write_json(s3, _records(storage, dataset_type) / f"{run_key}.json", imported)


def imports(s3: Any, storage: Storage, dataset_type: str) -> Iterator[Any]:
    """The records of a dataset's imports, oldest night first."""
    return json_records(s3, _records(storage, dataset_type))


def staged_files(s3: Any, storage: Storage, dataset_type: str) -> list[Place]:
    """List the staged files that were imported, oldest night first."""
    nights = imports(s3, storage, dataset_type)
    return [found.place for night in nights for found in under(s3, Place.of(night["location"].rstrip("/")), ".csv")]


def staged_rows(s3: Any, place: Place) -> Iterator[dict[str, str]]:
    """Read a staged file back, a row at a time."""
    return csv.DictReader(open_text(s3, place), **DIALECT)


def _records(storage: Storage, dataset_type: str) -> Place:
    return Place.of(storage.workspace) / "imported" / dataset_type
