"""The rows of a night in the database: `checked` as they were found, `dropped` with reasons, `kept` what is left.

A row is known by its place: `_file`, the position of its file, and `_row`, its own within the file.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from include.datasets.checking.column import Column
from include.datasets.night import parquet_files
from include.datasets.night.columns import listed, quoted
from include.datasets.night.database import Connection, rows_of, value

PLACE = "_file, _row"


def lay_out(connection: Connection, files: Sequence[Path], columns: Sequence[Column]) -> int:
    """Name the rows of Parquet files, which may lack newer columns; returns how many there are."""
    connection.execute(f"CREATE VIEW checked AS {rows_of(files, columns, placed=True)}")
    connection.execute("CREATE TABLE dropped AS SELECT *, NULL::VARCHAR AS why FROM checked LIMIT 0")
    connection.execute(f"CREATE VIEW kept AS SELECT checked.* FROM checked ANTI JOIN dropped USING ({PLACE})")
    return int(value(connection, "SELECT count(*) FROM checked"))


def drop(connection: Connection, columns: Sequence[Column], rows: str, why: str) -> None:
    """Drop the kept rows that a SELECT gives, with their place, and as they are: they count as little afterwards."""
    names = f"{listed(columns)}, {PLACE}"
    connection.execute(f"INSERT INTO dropped ({names}, why) SELECT {names}, '{why}' FROM ({rows})")


def dropped(connection: Connection) -> dict[str, int]:
    """How many rows were dropped, by why."""
    found = connection.execute("SELECT why, count(*) FROM dropped GROUP BY why ORDER BY why").fetchall()
    return dict(found)


def counted(column: str) -> str:
    """Spell a SELECT of each value of a column and of its kept rows: value, rows.

    The few that were dropped are subtracted, which is quicker than to look every row up among them.
    """
    name = quoted(column)
    return (
        "SELECT value, sum(rows)::BIGINT AS rows FROM ("
        f"SELECT {name} AS value, count(*) AS rows FROM checked GROUP BY value UNION ALL "
        f"SELECT {name} AS value, -count(*) AS rows FROM dropped GROUP BY value) GROUP BY value HAVING rows > 0"
    )


def kept_tables(connection: Connection, files: Sequence[Path], schema: pa.Schema) -> Iterator[pa.Table]:
    """The kept rows of the files that were laid out, in their order; strings as parquet_files.encoded has them.

    What is only copied passes by the database.
    """
    schema = parquet_files.encoded(schema)
    strings = [field.name for field in schema if field.type == parquet_files.ENCODED]
    dropped = connection.execute(f"SELECT {PLACE} FROM dropped ORDER BY {PLACE}").fetchnumpy()
    for position, path in enumerate(files):
        rows_dropped = dropped["_row"][dropped["_file"] == position]
        there = pq.read_schema(path).names
        names = [name for name in schema.names if name in there]
        with pq.ParquetFile(path, read_dictionary=[name for name in strings if name in there]) as file:
            first = 0
            for group in range(file.num_row_groups):
                table = file.read_row_group(group, names, use_threads=False)
                last = first + len(table)
                within = rows_dropped[slice(*np.searchsorted(rows_dropped, [first, last]))] - first
                yield _as_now(_without(table, within), schema)
                first = last


def _without(table: pa.Table, positions: np.ndarray) -> pa.Table:
    if not len(positions):
        return table
    keep = np.ones(len(table), bool)
    keep[positions] = False
    return table.filter(pa.array(keep))


def _as_now(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """The columns of today's schema: what is newer than the file is null."""
    columns = [
        table[field.name].cast(field.type) if field.name in table.column_names else pa.nulls(len(table), field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)
