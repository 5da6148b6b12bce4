"""Rows written in one pass: as Parquet for the archive, as CSV for the import job, or as both."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from include.datasets.night import csv_files, parquet_files
from include.datasets.night.columns import quoted
from include.datasets.night.database import Connection
from include.datasets.reading.ahead import WORKERS, submitted


def export(
    tables: Iterable[pa.Table], schema: pa.Schema, parquet: Path | None = None, csv: BinaryIO | None = None
) -> int:
    """Write tables of the schema, their strings encoded or not; returns the bytes of CSV."""
    written = 0
    encoded = parquet_files.encoded(schema)
    with ExitStack() as opened:
        archive = opened.enter_context(parquet_files.writer(parquet, encoded)) if parquet else None
        pool = opened.enter_context(ThreadPoolExecutor(WORKERS))
        if csv:
            written += csv.write(csv_files.header(schema.names))
        lines = csv_files.lines if csv else _nothing
        for table, text in submitted(pool, lines, tables):
            if archive:
                archive.write_table(table.cast(encoded))
            for piece in text.result():
                written += csv.write(piece) if csv else 0
    return written


def tables(connection: Connection, rows: str, schema: pa.Schema) -> Iterator[pa.Table]:
    """The columns of a table or view of the database."""
    names = ", ".join(quoted(name) for name in schema.names)
    for batch in connection.sql(f"SELECT {names} FROM {rows}").to_arrow_reader(parquet_files.ROWS_A_GROUP):
        yield pa.Table.from_batches([batch]).cast(schema)


def _nothing(_: pa.Table) -> list[memoryview]:
    return []
