"""CSV files of a dataset, as imports read them: a header without quotes, and all columns of the schema in its order."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from include.local_personalize.datasets.avro_schema import AvroSchema
from include.local_personalize.datasets.csv_to_parquet import ARROW_TYPES

ROWS_A_FILE = 1_000_000


def write(tables: Iterable[pa.Table], schema: AvroSchema, folder: Path) -> list[Path]:
    """Write tables of any size, with the schema's columns or fewer, to one file or more and return them in order."""
    arrow = pa.schema([pa.field(column.name, ARROW_TYPES[column.type]) for column in schema.columns])
    files: list[Path] = []
    for piece in _pieces(tables, arrow):
        files.append(_written(piece, folder / f"{len(files) + 1:05}.csv"))
    return files or [_written(arrow.empty_table(), folder / "00001.csv")]


def _pieces(tables: Iterable[pa.Table], arrow: pa.Schema) -> Iterator[pa.Table]:
    for table in tables:
        for start in range(0, len(table), ROWS_A_FILE):
            yield _complete(table.slice(start, ROWS_A_FILE), arrow)


def _complete(table: pa.Table, arrow: pa.Schema) -> pa.Table:
    """All columns in their order, null where the table is older than the column."""
    columns = [
        _text(table[field.name].cast(field.type))
        if field.name in table.column_names
        else pa.nulls(len(table), field.type)
        for field in arrow
    ]
    return pa.table(columns, schema=arrow)


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Imports read a backslash as the escape of what follows it."""
    if not pa.types.is_string(column.type):
        return column
    return pc.replace_substring(column, pattern="\\", replacement="\\\\")


def _written(table: pa.Table, file: Path) -> Path:
    with file.open("wb") as sink:
        sink.write((",".join(table.column_names) + "\n").encode())
        pyarrow.csv.write_csv(table, sink, pyarrow.csv.WriteOptions(include_header=False))
    return file
