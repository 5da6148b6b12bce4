"""Ages on both sides of their limits, told by one clock."""

from datetime import UTC, datetime, timedelta

import pytest

from include.config import Freshness
from include.datasets.freshness import Age, ages
from include.datasets.night.records import Night
from tests.include.datasets.nights import night

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
LIMITS = Freshness()  # 36 hours, 9 days


def hours_ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def recorded(at: datetime, rows: int = 1_000, watermark: datetime | None = None) -> Night:
    return night(
        channel="import" if rows else "nothing",
        rows_read=1_000,
        rows_imported=rows,
        duplicates={"repeated": 1_000 - rows},
        watermark=int(watermark.timestamp()) if watermark else None,
        recorded_at=at.isoformat(),
    )


def test_fresh_data_and_versions_are_told_with_their_limits() -> None:
    told = ages(LIMITS, NOW, [recorded(hours_ago(5), watermark=hours_ago(7))], {"for-you": days_ago(4)})

    assert told == [
        Age(
            "The newest interactions were imported 5 hours ago, 2026-11-22 01:30 UTC; their newest event is of "
            "2026-11-21 23:30 UTC; freshness.data_hours is 36.",
            stale=False,
        ),
        Age(
            "for-you serves a version created 4 days ago, 2026-11-18 06:30 UTC; freshness.version_days is 9.",
            stale=False,
        ),
    ]


def test_what_is_too_old_is_told_with_what_to_look_at() -> None:
    data, version = ages(LIMITS, NOW, [recorded(hours_ago(61))], {"for-you": days_ago(10)})

    assert data.stale
    assert data.said.startswith("The newest interactions were imported 61 hours ago, 2026-11-19 17:30 UTC; freshness.")
    assert data.said.endswith(
        "Is the import DAG switched on, does it run to its end, and does the shop bring new rows?"
    )
    assert version.stale
    assert version.said.endswith("does it run to its end, or does the gate block every version?")


@pytest.mark.parametrize(("seconds", "stale"), [(-1, False), (0, False), (1, True)])
def test_the_limit_itself_is_not_too_old(seconds: float, stale: bool) -> None:
    past = timedelta(seconds=seconds)

    data, version = ages(LIMITS, NOW, [recorded(hours_ago(36) - past)], {"for-you": days_ago(9) - past})

    assert (data.stale, version.stale) == (stale, stale)


def test_a_night_that_brought_no_row_makes_nothing_younger() -> None:
    """An import DAG that succeeds every night, with the same file every night."""
    (data,) = ages(
        LIMITS, NOW, [recorded(hours_ago(50)), recorded(hours_ago(26), rows=0), recorded(hours_ago(2), rows=0)], {}
    )

    assert data.stale
    assert "50 hours ago" in data.said


def test_a_backfill_imports_old_events_and_leaves_the_newest_where_it_was() -> None:
    nights = [recorded(hours_ago(30), watermark=hours_ago(31)), recorded(hours_ago(3), watermark=days_ago(40))]

    (data,) = ages(LIMITS, NOW, nights, {})

    assert "imported 3 hours ago" in data.said
    assert "newest event is of 2026-11-20 23:30 UTC" in data.said


def test_before_the_first_import_there_is_no_age() -> None:
    assert ages(LIMITS, NOW, [], {"for-you": None}) == []
    assert ages(LIMITS, NOW, [recorded(hours_ago(5), rows=0)], {"for-you": None}) == []


@pytest.mark.parametrize(("first", "stale"), [(1, False), (8.9, False), (9.1, True)])
def test_a_first_version_has_as_long_as_any_other(first: float, stale: bool) -> None:
    _, version = ages(LIMITS, NOW, [recorded(days_ago(first)), recorded(hours_ago(5))], {"for-you": None})

    assert version.stale is stale
    assert version.said.startswith("for-you serves nothing yet, and the first import was ")
