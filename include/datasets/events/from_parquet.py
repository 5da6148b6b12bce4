"""The rows of a night's archive, in an order that is the same every time and good to send."""

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

ROWS_AT_A_TIME = 10_000
ORDER = [("USER_ID", "ascending"), ("TIMESTAMP", "ascending")]


def from_parquet(file: str | Path | IO[bytes]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Rows as column to value, each with its number in the file, from 1.

    So many rows at a time are in memory; among these, each user's are together, oldest first, as a call takes them.
    """
    read = 0
    with pq.ParquetFile(file) as archive:
        for batch in archive.iter_batches(ROWS_AT_A_TIME):
            order = pc.sort_indices(batch, ORDER).to_pylist()
            rows = batch.to_pylist()
            yield from ((read + place + 1, rows[place]) for place in order)
            read += len(rows)
