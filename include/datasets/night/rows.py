"""The rows of a night in the database: `checked` as they were found, `dropped` with reasons, `kept` what is left."""

from collections.abc import Sequence
from pathlib import Path

from include.datasets.checking.column import Column
from include.datasets.night.columns import listed
from include.datasets.night.database import Connection, parquet, rows_of, value


def checked(files: Sequence[Path], columns: Sequence[Column]) -> str:
    """Spell a SELECT of the checked rows of a night's portions."""
    if not files:
        return rows_of([], columns, numbered=True)
    return f"SELECT {listed(columns)}, _source, _line FROM {parquet(files)}"


def lay_out(connection: Connection, rows: str) -> int:
    """Name the rows that a SELECT gives with `_source` and `_line`; returns how many there are."""
    connection.execute(f"CREATE VIEW checked AS {rows}")
    connection.execute("CREATE TABLE dropped (_source INTEGER, _line BIGINT, why VARCHAR)")
    connection.execute("CREATE VIEW kept AS SELECT checked.* FROM checked ANTI JOIN dropped USING (_source, _line)")
    return int(value(connection, "SELECT count(*) FROM checked"))


def dropped(connection: Connection) -> dict[str, int]:
    """How many rows were dropped, by why."""
    found = connection.execute("SELECT why, count(*) FROM dropped GROUP BY why ORDER BY why").fetchall()
    return dict(found)
