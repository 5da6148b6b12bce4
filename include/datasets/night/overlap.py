"""The earlier nights that may have a row of this one: those whose times meet."""

import bisect
from collections.abc import Sequence
from typing import Any

from include.datasets.night.database import Connection
from include.datasets.night.records import Night

HOUR = 3600


def overlapping(connection: Connection, nights: Sequence[Night]) -> list[Night]:
    """Nights with an archive that begin before, and end after, an hour of one of the kept rows.

    By the hour, since one late row would otherwise make a night reach over all that lie between.
    """
    archived = [night for night in nights if night.archive and night.oldest is not None and night.watermark is not None]
    hours = _hours(connection) if archived else []
    return [night for night in archived if _meets(night, hours)]


def _hours(connection: Connection) -> list[Any]:
    found = connection.execute(f"SELECT DISTINCT TIMESTAMP // {HOUR} AS hour FROM kept ORDER BY hour").fetchall()
    return [hour for (hour,) in found]


def _meets(night: Night, hours: Sequence[int]) -> bool:
    first = bisect.bisect_left(hours, (night.oldest or 0) // HOUR)
    return first < len(hours) and hours[first] <= (night.watermark or 0) // HOUR
