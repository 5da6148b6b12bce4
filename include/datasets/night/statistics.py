"""Figures of a night, by which it is compared with the nights before it."""

from collections.abc import Sequence
from typing import Any

from include.datasets.checking.column import Column
from include.datasets.night.columns import quoted
from include.datasets.night.database import Connection
from include.datasets.night.rows import counted

MOST_TYPES = 1_000  # an event type that is free text must not fill the record
OTHER = "(other)"


def of_kept(connection: Connection, columns: Sequence[Column]) -> dict[str, Any]:
    """rows, oldest and watermark (epoch seconds, None without TIMESTAMP), nulls as shares, event_types as counts."""
    names = [column.name for column in columns]
    counts = ", ".join(f"count({quoted(name)})" for name in names)
    times = "min(TIMESTAMP), max(TIMESTAMP)" if "TIMESTAMP" in names else "NULL, NULL"
    rows, oldest, newest, *present = connection.execute(f"SELECT count(*), {times}, {counts} FROM kept").fetchall()[0]
    counted = dict(zip(names, present, strict=True))
    return {
        "rows": rows,
        "oldest": oldest,
        "watermark": newest,
        "nulls": {name: 1 - count / rows if rows else 0.0 for name, count in counted.items()},
        "event_types": _event_types(connection, counted["EVENT_TYPE"]) if "EVENT_TYPE" in counted else {},
    }


def _event_types(connection: Connection, rows: int) -> dict[str, int]:
    """Rows by EVENT_TYPE, the most frequent ones first, the rest together."""
    found: dict[str, int] = dict(
        connection.execute(
            f"SELECT value, rows FROM ({counted('EVENT_TYPE')}) WHERE value IS NOT NULL "
            f"ORDER BY rows DESC, value LIMIT {MOST_TYPES}"
        ).fetchall()
    )
    rest = rows - sum(found.values())
    return {**found, **({OTHER: rest} if rest else {})}
