"""The users and items of a night's interactions: which are new, which their own datasets lack."""

from collections.abc import Sequence
from pathlib import Path

from include.datasets.night.columns import quoted
from include.datasets.night.database import Connection, parquet, text, value
from include.datasets.night.rows import counted


def count(connection: Connection, column: str) -> None:
    """Count the kept rows of every id: table `ids_<column>` of id and rows."""
    connection.execute(f"CREATE OR REPLACE TABLE {_table(column)} AS SELECT value AS id, rows FROM ({counted(column)})")


def new_share(connection: Connection, column: str, known: Sequence[Path]) -> float | None:
    """The share of rows with ids that no night had before; None where there was none before."""
    if not known:
        return None
    query = f"SELECT sum(rows) FILTER (id NOT IN ({_ids(column, known)})) / sum(rows) FROM {_table(column)}"
    return float(value(connection, query) or 0)


def any_new(connection: Connection, column: str, known: Sequence[Path]) -> bool:
    """Whether an id of the kept rows is in no known file."""
    unknown = f" WHERE id NOT IN ({_ids(column, known)})" if known else ""
    return bool(value(connection, f"SELECT EXISTS (SELECT 1 FROM {_table(column)}{unknown})"))


def write_known(connection: Connection, column: str, known: Sequence[Path], file: Path) -> None:
    """Write the distinct ids known before and those of the kept rows, in their order."""
    before = f"{_ids(column, known)} UNION " if known else ""
    connection.execute(
        f"COPY (SELECT id AS {quoted(column)} FROM ({before}SELECT id FROM {_table(column)}) ORDER BY id) "
        f"TO {text(file)} (FORMAT parquet, COMPRESSION lz4)"
    )


def with_several(connection: Connection, at_least: int) -> int:
    """How many users have at least so many kept rows."""
    return int(value(connection, f"SELECT count(*) FROM {_table('USER_ID')} WHERE rows >= {at_least}"))


def find_unknown(connection: Connection, column: str, theirs: Sequence[Path]) -> tuple[int, int, list[str]]:
    """Which ids their own dataset lacks: how many rows, how many ids, and a few of them; table `unknown_<column>`."""
    connection.execute(
        f"CREATE OR REPLACE TABLE {unknown_table(column)} AS SELECT id, rows FROM {_table(column)} "
        f"WHERE id NOT IN ({_ids(column, theirs)})"
    )
    rows, ids, few = connection.execute(
        f"SELECT coalesce(sum(rows), 0), count(*), coalesce(min(id, 3), []) FROM {unknown_table(column)}"
    ).fetchall()[0]
    return int(rows), int(ids), few


def unknown_table(column: str) -> str:
    """The table that find_unknown makes."""
    return quoted(f"unknown_{column}")


def _ids(column: str, files: Sequence[Path]) -> str:
    return f"SELECT {quoted(column)} AS id FROM {parquet(files)}"


def _table(column: str) -> str:
    return quoted(f"ids_{column}")
