"""Freshness: how old the newest data is, and the versions that serve, whether or not anything failed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from include.config import Freshness
from include.datasets.night.records import Night
from include.datasets.report.wording import span


@dataclass(frozen=True)
class Age:
    """How old something is, in a sentence that also names its limit and, if it is too old, what to look at."""

    said: str
    stale: bool


def ages(
    limits: Freshness, now: datetime, nights: Sequence[Night], versions: Mapping[str, datetime | None]
) -> list[Age]:
    """Tell the age of the newest interactions and of each solution's version; none where nothing was imported yet.

    now: by the clock that also told `recorded_at` and the versions' times; has a time zone.
    nights: recorded nights of the interactions, in the order in which they were recorded.
    versions: when the version that a solution's campaign serves was created; None where there is no campaign, which is
        in order until a first version had as long as `version_days` since the first import.
    """
    recorded = [
        datetime.fromisoformat(night.recorded_at) for night in nights if night.recorded_at and night.rows_imported
    ]
    if not recorded:
        return []
    newest = max((night.watermark for night in nights if night.watermark is not None), default=None)
    return [_data(limits, now, recorded[-1], newest)] + [
        _version(limits, now, solution, created) if created else _no_version(limits, now, solution, recorded[0])
        for solution, created in versions.items()
    ]


def _data(limits: Freshness, now: datetime, recorded: datetime, newest_event: int | None) -> Age:
    event = f"; their newest event is of {_time(datetime.fromtimestamp(newest_event, UTC))}" if newest_event else ""
    return _age(
        f"The newest interactions were imported {_ago(now, recorded)}{event}; freshness.data_hours is "
        f"{limits.data_hours:g}.",
        now - recorded > timedelta(hours=limits.data_hours),
        "Is the import DAG switched on, does it run to its end, and does the shop bring new rows?",
    )


def _version(limits: Freshness, now: datetime, solution: str, created: datetime) -> Age:
    return _age(
        f"{solution} serves a version created {_ago(now, created)}; freshness.version_days is {limits.version_days:g}.",
        now - created > timedelta(days=limits.version_days),
        "Is the training DAG switched on, does it run to its end, or does the gate block every version?",
    )


def _no_version(limits: Freshness, now: datetime, solution: str, first_import: datetime) -> Age:
    return _age(
        f"{solution} serves nothing yet, and the first import was {_ago(now, first_import)}; freshness.version_days is "
        f"{limits.version_days:g}.",
        now - first_import > timedelta(days=limits.version_days),
        "Is the training DAG switched on, and what did the gate say of the first version?",
    )


def _age(said: str, stale: bool, look_at: str) -> Age:
    return Age(f"{said} {look_at}" if stale else said, stale)


def _ago(now: datetime, then: datetime) -> str:
    return f"{span(now - then)} ago, {_time(then)}"


def _time(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
