"""Parquet in bounded memory: some rows of a row group at a time, every value spelled as text."""

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from include.datasets.reading.chunk import Chunk, UnusableFileError

ROWS = 1 << 16
BUFFER = 1 << 20  # bytes of a column at a time; without it a column of a whole row group


def read(uri: str, path: Path, types: Mapping[str, str] | None = None, rows: int = ROWS) -> Iterator[Chunk]:
    """Yield the rows of a file; `lines` are the numbers of the rows, the text of a row is its cells as CSV.

    types: the columns that are wanted and their Avro types. A time becomes epoch seconds (without a zone it is UTC,
    parts of a second are dropped), or ISO text where "string" is wanted; columns that are not wanted may be nested.
    Raises UnusableFileError if the file is empty or not Parquet, a name stands twice, or a column has no text.
    """
    try:
        with pq.ParquetFile(path, buffer_size=BUFFER) as file:
            _check_names(uri, file.schema_arrow.names)
            first = 1
            for batch in file.iter_batches(rows):
                yield _chunk(uri, pa.Table.from_batches([batch]), first, types)
                first += batch.num_rows
            if first == 1:
                yield _chunk(uri, file.schema_arrow.empty_table(), first, types)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        if path.stat().st_size == 0:
            raise UnusableFileError(f"{uri}: the file is empty. Leave it away, or upload it again.") from error
        raise UnusableFileError(f"{uri}: not Parquet, or truncated ({error}). Upload the file again.") from error


def _check_names(uri: str, names: list[str]) -> None:
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UnusableFileError(f"{uri}: column {', '.join(twice)} stands twice. Name each column once.")


def _chunk(uri: str, batch: pa.Table, first: int, types: Mapping[str, str] | None) -> Chunk:
    columns = [_text(uri, name, batch[name], types) for name in batch.column_names]
    cells = pa.table(columns, names=batch.column_names)
    return Chunk(cells, pa.array(np.arange(first, first + len(batch))), lambda row: _as_csv(cells, row))


def _text(uri: str, name: str, column: pa.ChunkedArray, types: Mapping[str, str] | None) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_nested(kind):
        if types is None or name in types:
            raise UnusableFileError(f"{uri}: column {name} is {kind}, not one value a row. Write it as text.")
        return pa.nulls(len(column), pa.string())
    wants_text = types is not None and types.get(name) == "string"
    if pa.types.is_temporal(kind) and not wants_text:
        column = _epoch_seconds(column)
    try:
        return column.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise UnusableFileError(f"{uri}: column {name} is {kind}, which has no text ({error}).") from error


def _epoch_seconds(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Seconds since 1970 of dates and times; a time of day alone has none and stays as it is."""
    if pa.types.is_date(column.type):
        column = column.cast(pa.timestamp("s"))
    if not pa.types.is_timestamp(column.type):
        return column
    return pc.floor_temporal(column, unit="second").cast(pa.timestamp("s", column.type.tz)).cast(pa.int64())


def _as_csv(cells: pa.Table, row: int) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(column[row].as_py() for column in cells.columns)
    return text.getvalue()
