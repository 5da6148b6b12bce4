"""Rows as Parquet: small and quick to write, for files that are read once or twice, and whole."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from include.datasets.checking.column import Column
from include.datasets.night.columns import listed
from include.datasets.night.database import Connection

ROWS_A_GROUP = 250_000


def writer(file: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """Open a file for tables: ids are told apart once a group, whole numbers by their differences."""
    strings = [field.name for field in schema if pa.types.is_string(field.type)]
    numbers = [field.name for field in schema if pa.types.is_integer(field.type)]
    return pq.ParquetWriter(
        file,
        schema,
        compression="lz4",
        use_dictionary=strings,
        column_encoding=dict.fromkeys(numbers, "DELTA_BINARY_PACKED") or None,
        write_statistics=numbers,
    )


def write(connection: Connection, rows: str, columns: list[Column], file: Path) -> None:
    """Write the columns of a table or view to a file."""
    schema = pa.schema([(column.name, column.arrow) for column in columns])
    found = connection.sql(f"SELECT {listed(columns)} FROM {rows}").to_arrow_reader(ROWS_A_GROUP)
    with writer(file, schema) as parquet:
        for batch in found:
            parquet.write_table(pa.Table.from_batches([batch]).cast(schema), ROWS_A_GROUP)
