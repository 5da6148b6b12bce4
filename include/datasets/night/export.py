"""Rows out of the database, in one pass: as Parquet for the archive, as CSV for the import job, or as both."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa

from include.datasets.checking.column import Column
from include.datasets.night import csv_files, parquet_files
from include.datasets.night.columns import listed
from include.datasets.night.database import Connection


def export(
    connection: Connection, rows: str, columns: Sequence[Column], parquet: Path | None = None, csv: Path | None = None
) -> None:
    """Write the columns of a table or view."""
    schema = pa.schema([(column.name, column.arrow) for column in columns])
    with ExitStack() as open_files:
        archive = open_files.enter_context(parquet_files.writer(parquet, schema)) if parquet else None
        text = open_files.enter_context(csv.open("wb")) if csv else None
        if text:
            text.write(csv_files.header(schema.names))
        reader = connection.sql(f"SELECT {listed(columns)} FROM {rows}").to_arrow_reader(parquet_files.ROWS_A_GROUP)
        for batch in reader:
            table = pa.Table.from_batches([batch]).cast(schema)
            if archive:
                archive.write_table(table)
            if text:
                text.writelines(csv_files.lines(table))
