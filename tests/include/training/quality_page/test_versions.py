"""What the page says of a version, from records as they are written, old ones and broken off ones among them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.training.quality_page.stories import Told
from include.training.quality_page.trained import Trained
from include.training.quality_page.versions import Allowed, Standing, Version, versions

AT = datetime(2026, 11, 22, 3, 14, 15, tzinfo=UTC)
MOVED = {"at": "2026-11-22T03:14:15+00:00", "reason": "The drop was a holiday's."}


def trained(arn: str = "v", days: int = 0, **members: Any) -> Trained:
    known = {"name": "s", "mode": "FULL", "status": "ACTIVE", "hours": 1.0, "metrics": {}}
    return Trained(
        **{"arn": arn, "created": datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=days), **known, **members}
    )


def one(
    verdict: dict[str, Any] | None = None,
    *promotions: dict[str, Any],
    backtest: dict[str, Any] | None = None,
    **members: Any,
) -> Version:
    verdicts = [{"solution_version_arn": "v", **verdict}] if verdict else []
    (found,) = versions(
        [trained(**members)],
        verdicts,
        [{"solution_version_arn": "v", **backtest}] if backtest else [],
        [{"solution_version_arn": "v", **each} for each in promotions],
        [],
        None,
        None,
    )
    return found


@pytest.mark.parametrize(
    ("verdict", "promotions", "standing"),
    [
        ({"passed": True}, [], Standing.PASSED),
        ({"passed": True}, [MOVED], Standing.PASSED),
        ({"passed": False}, [], Standing.BLOCKED),
        ({"passed": False}, [MOVED], Standing.LET_THROUGH),
        ({"passed": False}, [MOVED | {"failure": "It is slow.", "rolled_back": True}], Standing.BLOCKED),
        (None, [], Standing.NOT_JUDGED),
        (None, [MOVED], Standing.LET_THROUGH),
    ],
)
def test_the_gate_and_people_make_a_standing(
    verdict: dict[str, Any] | None, promotions: list[dict[str, Any]], standing: Standing
) -> None:
    assert one(verdict, *promotions).standing is standing


def test_no_two_standings_share_a_word_or_a_sign() -> None:
    assert len({each.word for each in Standing}) == len({each.sign for each in Standing}) == len(Standing) == 5


def test_the_story_is_told_in_order() -> None:
    verdict = {"passed": False, "reason": "Blocked: NDCG fell.", "warnings": ["Few test users."]}
    tried = {"at": "2026-11-21T03:14:15+00:00", "reason": "Hope.", "failure": "It is slow.", "rolled_back": True}

    assert one(verdict, MOVED, tried).story == [
        Told("Blocked: NDCG fell."),
        Told("Few test users."),
        Told("Tried and rolled back", AT - timedelta(days=1), "Hope."),
        Told("Promoted", AT, "The drop was a holiday's."),
    ]


def test_a_promotion_for_the_verdicts_reason_does_not_repeat_it() -> None:
    passed = {"passed": True, "reason": "Passed: all floors are met."}

    assert one(passed, MOVED | {"reason": passed["reason"]}).story == [
        Told("Passed: all floors are met."),
        Told("Promoted", AT),
    ]


def test_records_that_lack_members_are_told_as_such() -> None:
    assert one({"passed": False}, {}).story == [
        Told("The verdict gives no reason."),
        Told("Promoted", None, "no reason given"),
    ]
    assert one().story == [Told("No verdict is recorded.")]
    assert one(status="CREATE IN_PROGRESS").story == [Told("CREATE IN_PROGRESS: not judged yet.")]
    assert one(status="CREATE FAILED", failure="Too few users.").story == [Told("CREATE FAILED: Too few users.")]


def test_a_version_that_waits_for_the_backtest_is_held() -> None:
    passed = {"passed": True, "reason": "Passed: all floors are met."}
    waiting = {"since": "2026-11-22T03:14:15+00:00", "closed_by": None}
    ended = waiting | {"closed_by": "run", "why": "A newer version is held in its place."}

    assert one(passed, backtest=waiting).standing is Standing.HELD
    assert one(passed, backtest=waiting).story[-1] == Told("Held for the backtest since", AT)
    assert one(passed, backtest={"since": None}).standing is Standing.HELD
    assert one(passed, MOVED, backtest=waiting).standing is Standing.PASSED
    assert one(passed, backtest=ended).standing is Standing.PASSED
    assert one(passed, backtest=ended).story[-1] == Told("Backtest: A newer version is held in its place.")
    assert one({"passed": False}, backtest=ended).standing is Standing.BLOCKED


def test_what_the_gate_cannot_tell_is_told_by_the_verdict() -> None:
    said = "About 94 test users: drops under 40% cannot be told from noise."

    assert one({"passed": True, "resolution": said}).resolution == said
    assert one({"passed": True}).resolution is one().resolution is None


def test_a_band_needs_a_champion_and_a_threshold() -> None:
    numbers = [
        {"metric": "coverage", "champion": 0.5, "threshold": 0.4},
        {"metric": "precision_at_5", "champion": 0.5, "threshold": None},
        {"metric": "precision_at_10", "champion": None, "threshold": 0.1},
    ]

    assert one({"passed": True, "numbers": numbers}).allowed == {"coverage": Allowed(0.5, 0.4)}
    assert one({"passed": True}).allowed == {}


def test_versions_stand_oldest_first_and_one_serves() -> None:
    found = versions([trained("a/3", 3), trained("a/1", 1), trained("a/2", 2)], [], [], [], [], "a/2", None)

    assert [(version.id, version.is_champion, version.can_be_promoted) for version in found] == [
        ("1", False, True),
        ("2", True, False),
        ("3", False, True),
    ]


def test_a_challengers_story_is_told_beside_the_promotions_and_changes_no_standing() -> None:
    def challenge(day: int, version: str | None, previous: str | None, **ended: Any) -> dict[str, Any]:
        at = (AT + timedelta(days=day)).isoformat()
        return {"at": at, "solution_version_arn": version, "previous_arn": previous, "reason": f"day {day}", **ended}

    records = [
        challenge(4, None, "b"),
        challenge(1, "a", None),
        challenge(2, "b", "a", failure="It is slow.", rolled_back=True),
        challenge(3, "b", "a"),
    ]
    blocked = [{"solution_version_arn": each, "passed": False, "reason": "Blocked."} for each in "ab"]

    first, second = versions([trained("a"), trained("b", 1)], blocked, [], [], records, None, "b")

    assert first.story[1:] == [
        Told("Challenger since", AT + timedelta(days=1), "day 1"),
        Told("Challenger until", AT + timedelta(days=3), "day 3"),
    ]
    assert second.story[1:] == [
        Told("Tried as challenger and rolled back", AT + timedelta(days=2), "day 2"),
        Told("Challenger since", AT + timedelta(days=3), "day 3"),
        Told("Challenger until", AT + timedelta(days=4), "day 4"),
    ]
    assert (first.is_challenger, second.is_challenger) == (False, True)
    assert {first.standing, second.standing} == {Standing.BLOCKED}


def test_only_an_active_version_can_be_promoted() -> None:
    assert not one(status="CREATE FAILED").can_be_promoted


@pytest.mark.parametrize("name", ["s-20261122T030405-1a2b3c4d", "s-20261122T030405-1a2b3c4d-2"])
def test_the_run_is_known_by_the_versions_name(name: str) -> None:
    assert one(name=name).run_after == datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize("name", ["", "by-hand", "s-20261122T030405"])
def test_a_version_made_elsewhere_has_no_run(name: str) -> None:
    assert one(name=name).run_after is None
