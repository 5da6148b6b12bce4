"""The items of the workspace: those that were ever imported, by themselves or in an interaction."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from include.config import Storage
from include.datasets.night import columns, known, written
from include.datasets.night.database import opened, rows_of
from include.s3 import Place, download

ROWS_AT_ONCE = 10_000


def item_ids(s3: Any, storage: Storage) -> Iterator[str]:
    """Every item of the recorded items and interactions, once."""
    item_id = columns.of([{"name": "ITEM_ID", "type": "string"}])
    uris = [
        *known.of(written.recorded(s3, storage, "items")).uris(known.ROWS),
        *known.of(written.recorded(s3, storage, "interactions")).uris("ITEM_ID"),
    ]
    with tempfile.TemporaryDirectory() as scratch, opened(Path(scratch)) as connection:
        files = [download(s3, Place.of(uri), Path(scratch, f"{number}.parquet")) for number, uri in enumerate(uris)]
        found = connection.execute(f"SELECT DISTINCT ITEM_ID FROM ({rows_of(files, item_id)})")
        while rows := found.fetchmany(ROWS_AT_ONCE):
            yield from (item for (item,) in rows)
