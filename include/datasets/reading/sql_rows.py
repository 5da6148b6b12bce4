"""Rows of a database by a query of the shop's, streamed: the client holds one chunk of them at a time."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any

import numpy as np
import pyarrow as pa

from include.config import SqlSource
from include.datasets.night.records import Window
from include.datasets.reading.chunk import Chunk, Quarantined, UnusableFileError
from include.datasets.reading.sql_cells import as_json, texts
from include.datasets.reading.sql_window import mark_of, next_window, spelled, subselect

__all__ = ["next_window", "rows"]


def rows(
    connection: Any,
    source: SqlSource,
    window: Window,
    placeholder: str = "%s",
    types: Mapping[str, str] | None = None,
    chunk_rows: int = 50_000,
    quote: str = '"{}"',
) -> Generator[Chunk]:
    """Yield the rows of a window, by the high-water column; `lines` number them, the text of a row is JSON.

    The columns show in the first chunk, which may have no rows. Rows whose high-water column is null belong to no
    window: they come last, as broken ones, every time.
    types: the Avro type of each wanted column, by the query's name for it; None wants all columns. A time becomes epoch
        seconds (without a zone it is UTC), or ISO text where "string" is wanted.
    placeholder, quote: how the driver spells a parameter, and the database a name.
    Raises UnusableFileError if a column stands twice, ValueError if the window is none of next_window.
    """
    column, table = spelled(source.high_water, placeholder, quote), subselect(source, placeholder)
    bounds = [f"{column} >= {placeholder}"] * (window.low is not None) + [f"{column} <= {placeholder}"]
    marks = [mark_of(mark) for mark in (window.low, window.high) if mark is not None]
    inside = f"SELECT * FROM {table} WHERE {' AND '.join(bounds)} ORDER BY {column}"
    first = 1
    for names, batch in _fetched(connection, inside, marks, chunk_rows):
        yield _chunk(names, batch, first, types)
        first += len(batch)
    for names, batch in _fetched(connection, f"SELECT * FROM {table} WHERE {column} IS NULL", (), chunk_rows):
        if batch:
            yield _without_mark(names, batch, first, source.high_water)
            first += len(batch)


def _fetched(
    connection: Any, statement: str, parameters: Sequence[Any], chunk_rows: int
) -> Iterator[tuple[list[str], list[Any]]]:
    with closing(_cursor(connection)) as cursor:
        cursor.arraysize = chunk_rows
        cursor.execute(statement, parameters)
        batch = cursor.fetchmany(chunk_rows)
        names = [column[0] for column in cursor.description]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise UnusableFileError(f"source.sql.query: column {', '.join(twice)} stands twice. Name each once, by AS.")
        yield names, batch
        while batch := cursor.fetchmany(chunk_rows):
            yield names, batch


def _cursor(connection: Any) -> Any:
    """A cursor that the server keeps, where the driver has one (psycopg does, by a name), else the driver's own."""
    try:
        return connection.cursor(name="night")
    except TypeError:
        return connection.cursor()


def _chunk(names: list[str], batch: list[Any], first: int, types: Mapping[str, str] | None) -> Chunk:
    columns: dict[str, pa.Array] = {}
    broken: dict[int, Quarantined] = {}
    for name, values in zip(names, zip(*batch, strict=True) if batch else [()] * len(names), strict=True):
        if types is not None and name not in types:
            columns[name] = pa.nulls(len(batch), pa.string())
            continue
        cells, faults = texts(values, wants_text=types is not None and types[name] == "string")
        columns[name] = pa.array(cells, pa.string())
        for row, reason in faults.items():
            broken.setdefault(row, Quarantined(first + row, name, reason, _as_json(names, batch[row])))
    good = np.setdiff1d(np.arange(len(batch)), list(broken))
    table = pa.table(columns)
    return Chunk(
        cells=table.take(pa.array(good)) if broken else table,
        lines=pa.array(good + first),
        text=lambda row: _as_json(names, batch[good[row]]),
        broken=tuple(broken[row] for row in sorted(broken)),
    )


def _without_mark(names: list[str], batch: list[Any], first: int, high_water: str) -> Chunk:
    reason = "is null, so that no night can tell whether the row is new"
    broken = [Quarantined(first + row, high_water, reason, _as_json(names, batch[row])) for row in range(len(batch))]
    nothing = pa.table({name: pa.array([], pa.string()) for name in names})
    return Chunk(nothing, pa.array([], pa.int64()), lambda row: broken[row].text, broken)


def _as_json(names: list[str], row: Sequence[Any]) -> str:
    return as_json(dict(zip(names, row, strict=True)))
