"""The rows of a night's archive, in an order that is the same every time and good to send."""

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pyarrow.parquet as pq

ROWS_AT_A_TIME = 10_000
ORDER = [("USER_ID", "ascending"), ("TIMESTAMP", "ascending")]


def from_parquet(file: str | Path | IO[bytes]) -> Iterator[dict[str, Any]]:
    """Rows as column to value, without columns of our own, whose names begin with an underscore.

    So many rows at a time are in memory; among these, each user's are together, oldest first, as a call takes them.
    """
    with pq.ParquetFile(file) as archive:
        columns = [name for name in archive.schema_arrow.names if not name.startswith("_")]
        for batch in archive.iter_batches(ROWS_AT_A_TIME, columns=columns):
            yield from batch.sort_by(ORDER).to_pylist()
