"""A DuckDB of our own for a night: a bound on its memory, and the disk for what is beyond it."""

import itertools
from collections.abc import Collection, Iterator, Sequence
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


def rows_of(files: Sequence[Path], columns: Sequence[Column], placed: bool = False) -> str:
    """Spell a SELECT of the columns from Parquet files, whichever of them each file has; without files, no rows.

    placed: with the place of each row, as `_file` (the file's position) and `_row`, and with `_source` and `_line`, of
    the source that a checked row came from; null where a file does not tell.
    """
    selects: list[str] = []
    position = 0
    for names, group in itertools.groupby(files, lambda file: pq.read_schema(file).names):
        together = list(group)
        place = f", (file_index + {position})::INTEGER AS _file, file_row_number AS _row, {_origin(names)}"
        select = as_they_are_now(columns, names) + (place if placed else "")
        selects.append(f"SELECT {select} FROM {parquet(together)}")
        position += len(together)
    place = f", 0 AS _file, 0::BIGINT AS _row, {_origin(())}"
    nothing = as_they_are_now(columns, ()) + (place if placed else "")
    return " UNION ALL ".join(selects) or f"SELECT {nothing} WHERE false"


def _origin(names: Collection[str]) -> str:
    types = {"_source": "INTEGER", "_line": "BIGINT"}
    return ", ".join(name if name in names else f"NULL::{kind} AS {name}" for name, kind in types.items())


def parquet(files: Sequence[Path]) -> str:
    """Spell a table function that reads Parquet files, which all have the same columns."""
    return "read_parquet([" + ", ".join(text(file) for file in files) + "])"


def text(value: object) -> str:
    """A string as SQL spells it."""
    return "'" + str(value).replace("'", "''") + "'"
