"""Rows as Parquet: small and quick to write, for files that are read once or twice, and whole."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ENCODED = pa.dictionary(pa.int32(), pa.string())
ROWS_A_GROUP = 250_000
MOST_DICTIONARY_BYTES = (
    8 << 20
)  # ids of a group are told apart once; where they take more, they are written as they are


def writer(file: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """Open a file for tables: ids are told apart once a group, whole numbers by their differences."""
    strings = [field.name for field in schema if field.type in (pa.string(), ENCODED)]
    numbers = [field.name for field in schema if pa.types.is_integer(field.type)]
    return pq.ParquetWriter(
        file,
        schema,
        compression="lz4",
        use_dictionary=strings,
        dictionary_pagesize_limit=MOST_DICTIONARY_BYTES,
        column_encoding=dict.fromkeys(numbers, "DELTA_BINARY_PACKED") or None,
        write_statistics=numbers,
        store_schema=False,
    )


def encoded(schema: pa.Schema) -> pa.Schema:
    """The schema with strings as Parquet has them: what is copied from file to file need not be told apart again."""
    return pa.schema([field.with_type(ENCODED) if field.type == pa.string() else field for field in schema])
