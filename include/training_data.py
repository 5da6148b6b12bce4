"""What a version was trained on, in a few facts: for the gate, which cannot see in offline metrics what is missing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from include import workspace
from include.config import Storage
from include.datasets.night import written
from include.datasets.night.database import Connection, rows_of, value
from include.datasets.night.records import Night
from include.returning import INTERACTION, counting

DAY = 86_400
DAYS = 28
RECENT_DAYS = 7
BUSY = 30  # rows of one user in one day; more are seldom a person's


def facts(s3: Any, storage: Storage, began: datetime, solution: Mapping[str, Any]) -> dict[str, float]:
    """Facts of the interactions that Personalize had when a training began; empty where no night is recorded.

    `solution` has the members of CreateSolution: what it does not train on does not count.
    """
    nights = _of_the_last_days([night for night in written.recorded(s3, storage, "interactions") if _had(night, began)])
    with workspace.copied(s3, [night.archive for night in nights if night.archive]) as (connection, files):
        rows = f"SELECT * FROM ({rows_of(files, INTERACTION)}) WHERE {counting(solution)}"
        return measured(connection, rows, int(began.timestamp()))


def measured(connection: Connection, rows: str, now: int) -> dict[str, float]:
    """Facts of the rows of a SELECT with USER_ID, ITEM_ID, TIMESTAMP and EVENT_TYPE; empty without rows.

    All but `age_days` are of the DAYS up to the newest row: rows, recent_rows (of RECENT_DAYS), users, items, and
    "rows of <type>" for each event type, as counts; busy and tied as shares of rows, see config.TrainingData.
    """
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE seen AS SELECT USER_ID, ITEM_ID, TIMESTAMP, EVENT_TYPE FROM ({rows}) "
        f"QUALIFY TIMESTAMP > max(TIMESTAMP) OVER () - {DAYS * DAY}"
    )
    count, newest, users, items = connection.execute(
        "SELECT count(*), max(TIMESTAMP), count(DISTINCT USER_ID), count(DISTINCT ITEM_ID) FROM seen"
    ).fetchall()[0]
    if not count:
        return {}
    by_type = connection.execute(
        "SELECT EVENT_TYPE, count(*) FROM seen WHERE EVENT_TYPE IS NOT NULL GROUP BY EVENT_TYPE ORDER BY EVENT_TYPE"
    ).fetchall()
    return {
        "rows": count,
        "recent_rows": value(connection, f"SELECT count(*) FROM seen WHERE TIMESTAMP > {newest - RECENT_DAYS * DAY}"),
        "users": users,
        "items": items,
        "age_days": (now - newest) / DAY,
        "busy": _crowded(connection, f"TIMESTAMP // {DAY}", BUSY) / count,
        "tied": _crowded(connection, "TIMESTAMP", 1) / count,
        **{f"rows of {event_type}": number for event_type, number in by_type},
    }


def _crowded(connection: Connection, when: str, most: int) -> int:
    """How many rows are of a user's times that have more than so many rows."""
    rows = f"SELECT count(*) AS rows FROM seen GROUP BY USER_ID, {when}"
    return int(value(connection, f"SELECT coalesce(sum(rows), 0) FROM ({rows}) WHERE rows > {most}"))


def _had(night: Night, began: datetime) -> bool:
    return night.recorded_at is None or datetime.fromisoformat(night.recorded_at) <= began


def _of_the_last_days(nights: Sequence[Night]) -> list[Night]:
    marks = [night.watermark for night in nights if night.watermark is not None]
    oldest = max(marks, default=0) - DAYS * DAY
    return [night for night in nights if night.watermark is not None and night.watermark > oldest]
