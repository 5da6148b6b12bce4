"""The workspace, as delivery reads it: who was ever imported, and the items as the shop last described them."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from include.config import Storage
from include.datasets.night import columns, known, newest, written
from include.datasets.night.database import opened, rows_of
from include.s3 import Place, download

# As Personalize reads CSV: a backslash before a quote.
DIALECT: dict[str, Any] = {"doublequote": False, "escapechar": "\\", "lineterminator": "\n"}
ROWS_AT_ONCE = 10_000


def users(s3: Any, storage: Storage) -> Iterator[str]:
    """Every user of the recorded users and interactions, once, by id."""
    user_id = columns.of([{"name": "USER_ID", "type": "string"}])
    uris = [*_known(s3, storage, "users", known.ROWS), *_known(s3, storage, "interactions", "USER_ID")]
    rows = _rows(s3, uris, lambda files: f"SELECT DISTINCT USER_ID FROM ({rows_of(files, user_id)}) ORDER BY USER_ID")
    return (user for (user,) in rows)


def items(s3: Any, storage: Storage, fields: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The newest row of every recorded item, with the columns of the schema, typed; None is null."""
    described = columns.of(fields)
    names = [column.name for column in described]

    def select(files: Sequence[Path]) -> str:
        return newest.newest_rows(described, "ITEM_ID", [rows_of([file], described) for file in files])

    rows = _rows(s3, _known(s3, storage, "items", known.ROWS), select)
    return (dict(zip(names, row, strict=True)) for row in rows)


def _known(s3: Any, storage: Storage, dataset_type: str, name: str) -> tuple[str, ...]:
    return known.of(written.recorded(s3, storage, dataset_type)).uris(name)


def _rows(s3: Any, uris: Sequence[str], select: Callable[[Sequence[Path]], str]) -> Iterator[tuple[Any, ...]]:
    """The rows that a SELECT gives from copies of these objects, a few at a time."""
    if not uris:
        return
    with tempfile.TemporaryDirectory() as scratch, opened(Path(scratch)) as connection:
        files = [download(s3, Place.of(uri), Path(scratch, f"{number}.parquet")) for number, uri in enumerate(uris)]
        found = connection.execute(select(files))
        while rows := found.fetchmany(ROWS_AT_ONCE):
            yield from rows
