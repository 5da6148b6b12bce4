"""A DuckDB of our own for a night: a bound on its memory, and the disk for what is beyond it."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from include.datasets.checking.column import Column
from include.datasets.night.columns import as_they_are_now

MEMORY = "1GB"
THREADS = 2

Connection = duckdb.DuckDBPyConnection


@contextmanager
def opened(scratch: Path, memory: str = MEMORY) -> Iterator[Connection]:
    """Open a database that uses at most `memory`, and spills to `scratch`."""
    spilled = scratch / "spilled"
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
        "threads": THREADS,
        "temp_directory": str(spilled),
    }
    with duckdb.connect(config=settings) as connection:
        connection.execute("SET enable_progress_bar = false")
        yield connection


def value(connection: Connection, query: str) -> Any:
    """The one value that a query gives."""
    row = connection.execute(query).fetchone()
    return row[0] if row else None


def rows_of(files: Sequence[Path], columns: Sequence[Column], numbered: bool = False) -> str:
    """Spell a SELECT of the columns from Parquet files, whichever of them each file has; without files, no rows.

    numbered: with the place of each row, as `_source` (the file's place) and `_line`.
    """
    selects: list[str] = []
    position = 0
    for names, group in itertools.groupby(files, lambda file: pq.read_schema(file).names):
        together = list(group)
        place = f", (file_index + {position})::INTEGER AS _source, file_row_number AS _line" if numbered else ""
        selects.append(f"SELECT {as_they_are_now(columns, names)}{place} FROM {parquet(together)}")
        position += len(together)
    place = ", 0 AS _source, 0::BIGINT AS _line" if numbered else ""
    return " UNION ALL ".join(selects) or f"SELECT {as_they_are_now(columns, ())}{place} WHERE false"


def parquet(files: Sequence[Path]) -> str:
    """Spell a table function that reads Parquet files, which all have the same columns."""
    return "read_parquet([" + ", ".join(text(file) for file in files) + "])"


def text(value: object) -> str:
    """A string as SQL spells it."""
    return "'" + str(value).replace("'", "''") + "'"
