"""Rows out of the database, in one pass: as Parquet for the archive, as CSV for the import job, or as both."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from include.datasets.checking.column import Column
from include.datasets.night import csv_files, parquet_files
from include.datasets.night.columns import quoted
from include.datasets.night.database import Connection
from include.datasets.reading.ahead import WORKERS, submitted


def export(
    connection: Connection,
    rows: str,
    columns: Sequence[Column],
    parquet: Path | None = None,
    csv: BinaryIO | None = None,
) -> int:
    """Write the columns of a table or view; returns the bytes of CSV."""
    schema = pa.schema([(column.name, column.arrow) for column in columns])
    written = 0
    with ExitStack() as opened:
        archive = opened.enter_context(parquet_files.writer(parquet, schema)) if parquet else None
        pool = opened.enter_context(ThreadPoolExecutor(WORKERS))
        if csv:
            written += csv.write(csv_files.header(schema.names))
        lines = csv_files.lines if csv else _nothing
        for table, text in submitted(pool, lines, _tables(connection, rows, schema)):
            if archive:
                archive.write_table(table)
            for piece in text.result():
                written += csv.write(piece) if csv else 0
    return written


def _tables(connection: Connection, rows: str, schema: pa.Schema) -> Iterator[pa.Table]:
    names = ", ".join(quoted(name) for name in schema.names)
    for batch in connection.sql(f"SELECT {names} FROM {rows}").to_arrow_reader(parquet_files.ROWS_A_GROUP):
        yield pa.Table.from_batches([batch]).cast(schema)


def _nothing(_: pa.Table) -> list[memoryview]:
    return []
