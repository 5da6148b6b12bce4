"""Users who come back: who was active lately, and what they did after versions had answered for them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from include import workspace
from include.config import Storage
from include.datasets.night import columns, written
from include.datasets.night.database import Connection, rows_of, text
from include.datasets.night.records import Night

NIGHTS = 14  # recorded nights of which users were active lately
INTERACTION = columns.of(
    [
        {"name": "USER_ID", "type": "string"},
        {"name": "ITEM_ID", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
        {"name": "EVENT_TYPE", "type": "string"},
        {"name": "EVENT_VALUE", "type": "double"},
    ]
)


def active_lately(s3: Any, storage: Storage, count: int, draw: str) -> list[str]:
    """At most `count` users of the interactions of the last NIGHTS nights, by id; another `draw` gives others."""
    nights = written.recorded(s3, storage, "interactions")[-NIGHTS:]
    with _interactions(s3, nights) as (connection, rows):
        found = connection.execute(
            f"SELECT USER_ID FROM (SELECT DISTINCT USER_ID FROM ({rows})) ORDER BY md5(? || USER_ID) LIMIT ?",
            [draw, count],
        ).fetchall()
    return sorted(user for (user,) in found)


def later_items(
    s3: Any, storage: Storage, users: Collection[str], since: datetime, solution: Mapping[str, Any]
) -> dict[str, set[str]]:
    """The items of each of these users who came back, by the interactions that count for a solution.

    They are of nights whose run was due after `since`, so that none of them can have been in Personalize by then, by
    import job or by PutEvents; and later by their TIMESTAMP than all that was: what is only imported late is left out.
    `solution` has the members of CreateSolution.
    """
    nights = written.recorded(s3, storage, "interactions")
    later = [night for night in nights if _is_after(night, since)]
    earlier = [night.watermark for night in nights if not _is_after(night, since) and night.watermark is not None]
    with _interactions(s3, later) as (connection, rows):
        connection.register("asked", pa.table({"USER_ID": pa.array(list(users), pa.string())}))
        found = connection.execute(
            f"SELECT USER_ID, list(DISTINCT ITEM_ID) FROM ({rows}) SEMI JOIN asked USING (USER_ID) "
            f"WHERE TIMESTAMP > ? AND {counting(solution)} GROUP BY USER_ID",
            [max(earlier, default=0)],
        ).fetchall()
    return {user: set(items) for user, items in found}


def counting(solution: Mapping[str, Any]) -> str:
    """The SQL condition of the interactions that a solution trains on, by the members of CreateSolution."""
    conditions = []
    if "eventType" in solution:
        conditions.append(f"EVENT_TYPE = {text(solution['eventType'])}")
    config = solution.get("solutionConfig", {})
    if "eventValueThreshold" in config:
        conditions.append(f"EVENT_VALUE >= {float(config['eventValueThreshold'])}")
    listed = config.get("eventsConfig", {}).get("eventParametersList", [])
    by_type = [_of_type(each) for each in listed if each.get("weight", 1) > 0]
    if by_type:
        conditions.append(f"({' OR '.join(by_type)})")
    return " AND ".join(conditions) or "true"


def _of_type(parameters: Mapping[str, Any]) -> str:
    of_type = f"EVENT_TYPE = {text(parameters['eventType'])}"
    if "eventValueThreshold" not in parameters:
        return of_type
    return f"{of_type} AND EVENT_VALUE >= {float(parameters['eventValueThreshold'])}"


def _is_after(night: Night, since: datetime) -> bool:
    """Whether a night's run was due after a moment; its key begins with when it was, to the second."""
    return night.run_key > f"{since.astimezone(UTC):%Y%m%dT%H%M%S}~"


@contextmanager
def _interactions(s3: Any, nights: Sequence[Night]) -> Iterator[tuple[Connection, str]]:
    """A database, and the SELECT of the interactions that these nights gave Personalize."""
    with workspace.copied(s3, [night.archive for night in nights if night.archive]) as (connection, files):
        yield connection, rows_of(files, INTERACTION)
