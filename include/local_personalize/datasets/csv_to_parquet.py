"""CSV files checked against a schema, batch by batch in bounded memory, and written as parquet."""

import csv
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from include.local_personalize.datasets.avro_schema import AvroSchema, Column
from include.local_personalize.errors import WorkFailed

ARROW_TYPES = {
    "string": pa.string(),
    "int": pa.int32(),
    "long": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
}
IDS = {"USER_ID", "ITEM_ID", "ACTION_ID"}
LONGEST_ID = 256
LONGEST_STRING = 1_000
LONGEST_TEXT = 20_000  # longer text is cut, longer strings and ids fail the import
BLOCK_BYTES = 16 * 2**20


class Part:
    """One parquet file, written from one or more CSV files; removed again where a file is refused."""

    def __init__(self, file: Path, schema: AvroSchema) -> None:
        self.rows = 0
        self._file = file
        self._columns = schema.columns
        fields = [pa.field(column.name, ARROW_TYPES[column.type]) for column in schema.columns]
        self._writer = pq.ParquetWriter(file, pa.schema(fields), compression="zstd")

    def append(self, file: Path, name: str) -> None:
        """Add the rows of one CSV file; raises WorkFailed in Amazon's words where it does not fit the schema."""
        self._check_header(file, name)
        try:
            for batch in self._batches(file):
                table = pa.Table.from_batches([batch])
                self._writer.write_table(self._checked(table, name))
                self.rows += len(table)
        except pa.ArrowInvalid as error:
            raise WorkFailed(f"{name} does not fit the schema: {error}") from None

    def _check_header(self, file: Path, name: str) -> None:
        with file.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
            header = next(csv.reader(lines), [])
        expected = [column.name for column in self._columns]
        if missing := [column for column in expected if column not in header]:
            raise WorkFailed(f"{name}: Input CSV is missing the following columns:[{', '.join(missing)}].")
        if unknown := [column for column in header if column not in expected]:
            raise WorkFailed(f"{name}: Input CSV has columns that the schema has not:[{', '.join(unknown)}].")
        if len(header) > len(expected):
            raise WorkFailed(f"{name}: Input CSV has a column twice.")

    def _batches(self, file: Path) -> pyarrow.csv.CSVStreamingReader:
        types = {column.name: ARROW_TYPES[column.type] for column in self._columns}
        return pyarrow.csv.open_csv(
            file,
            read_options=pyarrow.csv.ReadOptions(block_size=BLOCK_BYTES),
            parse_options=pyarrow.csv.ParseOptions(escape_char="\\"),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=types, include_columns=list(types), null_values=[""], strings_can_be_null=True
            ),
        )

    def _checked(self, table: pa.Table, name: str) -> pa.Table:
        for index, column in enumerate(self._columns):
            values = table[column.name]
            if values.null_count and not column.nullable:
                raise WorkFailed(f"{name}: {column.name} is empty in a row, and the schema does not allow null.")
            if column.type == "string":
                table = table.set_column(index, column.name, _within_length(values, column))
        return table

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()
        if kind is not None:
            self._file.unlink()


def _within_length(values: pa.ChunkedArray, column: Column) -> pa.ChunkedArray:
    if column.textual:
        return pc.utf8_slice_codeunits(values, 0, LONGEST_TEXT)
    longest = LONGEST_ID if column.name in IDS else LONGEST_STRING
    if (pc.max(pc.utf8_length(values)).as_py() or 0) > longest:
        raise WorkFailed(
            f"Length cannot be more than {longest} characters for {column.name}. If no values exceed the character "
            "limit, make sure your data follows the formatting guidelines listed in the developer guide."
        )
    return values
