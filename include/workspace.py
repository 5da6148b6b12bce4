"""What was ever imported, read back from the workspace: users, items, and the items as the shop last described them."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from include.config import Storage
from include.datasets.night import columns, known, newest, written
from include.datasets.night.database import Connection, opened, rows_of
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


def item_ids(s3: Any, storage: Storage) -> Iterator[str]:
    """Every item of the recorded items and interactions, once."""
    item_id = columns.of([{"name": "ITEM_ID", "type": "string"}])
    uris = [*_known(s3, storage, "items", known.ROWS), *_known(s3, storage, "interactions", "ITEM_ID")]
    return (
        item for (item,) in _rows(s3, uris, lambda files: f"SELECT DISTINCT ITEM_ID FROM ({rows_of(files, item_id)})")
    )


def users_with_interactions(s3: Any, storage: Storage) -> int:
    """How many users the recorded interactions have."""
    user_id = columns.of([{"name": "USER_ID", "type": "string"}])
    uris = _known(s3, storage, "interactions", "USER_ID")
    counted = _rows(s3, uris, lambda files: f"SELECT count(DISTINCT USER_ID) FROM ({rows_of(files, user_id)})")
    return sum(count for (count,) in counted)


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
    with copied(s3, uris) as (connection, files):
        found = connection.execute(select(files))
        while rows := found.fetchmany(ROWS_AT_ONCE):
            yield from rows


@contextmanager
def copied(s3: Any, uris: Iterable[str]) -> Iterator[tuple[Connection, list[Path]]]:
    """Open a database beside copies of Parquet objects, in their order; both are gone afterwards."""
    with tempfile.TemporaryDirectory() as scratch, opened(Path(scratch)) as connection:
        yield (
            connection,
            [download(s3, Place.of(uri), Path(scratch, f"{number}.parquet")) for number, uri in enumerate(uris)],
        )
