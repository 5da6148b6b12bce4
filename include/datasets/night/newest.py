"""Items and users: the last row of an id is what the shop says, and it is sent only if it says something new."""

from collections.abc import Sequence

from include.datasets.checking.column import Column
from include.datasets.night.columns import listed, quoted
from include.datasets.night.database import Connection
from include.datasets.night.repeated import drop_found_in
from include.datasets.night.rows import drop

SUPERSEDED, UNCHANGED = "superseded", "unchanged"


def drop_superseded(connection: Connection, table: str, columns: Sequence[Column], id_column: str) -> None:
    """Drop all rows of an id but its last, in the order of sources and lines."""
    age = f"row_number() OVER (PARTITION BY {quoted(id_column)} ORDER BY _file DESC, _row DESC)"
    drop(connection, columns, f"SELECT * FROM {table} QUALIFY {age} > 1", SUPERSEDED)


def drop_unchanged(connection: Connection, table: str, columns: Sequence[Column], known: str) -> None:
    """Drop the rows that Personalize has just so; `known` has its newest row of every id."""
    drop_found_in(connection, table, columns, known, UNCHANGED)


def newest_rows(columns: Sequence[Column], id_column: str, selects: Sequence[str]) -> str:
    """Spell a SELECT of the newest row of every id from several SELECTs, each without repeated ids, oldest first."""
    if len(selects) == 1:
        return selects[0]
    aged = " UNION ALL ".join(f"SELECT *, {age} AS _age FROM ({rows})" for age, rows in enumerate(selects))
    newest = f"row_number() OVER (PARTITION BY {quoted(id_column)} ORDER BY _age DESC) = 1"
    return f"SELECT {listed(columns)} FROM ({aged}) QUALIFY {newest}"
