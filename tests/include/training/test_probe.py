"""What a probe makes of answers, and where a move that does not stand goes back to."""

from dataclasses import replace
from typing import Any

import pytest

from include.config import Probe
from include.training.probe import Answer, judge
from include.training.probe_move import Move, is_of, way_back

RULES = Probe(max_latency_ms=100, min_overlap=0.5)
GOOD = [Answer(f"u{number}", ("a", "b"), 10.0 * number) for number in range(5)]
MOVE = Move("run", "campaign", "new", "to see", "old", {"minProvisionedTPS": 3})
SERVING: dict[str, Any] = {"name": "c", "status": "ACTIVE", "solutionVersionArn": "new"}


def test_good_answers_pass_with_their_median() -> None:
    finding = judge(RULES, GOOD, (), {}, update=False)

    assert (finding.passed, finding.median_ms, finding.overlap) == (True, 20.0, None)


@pytest.mark.parametrize(
    ("worse", "says"),
    [
        (Answer("eve", (), 1), "1 of 6 got no item: eve"),
        (Answer("eve", (), 1, "InvalidInputException: no"), "1 of 6 was refused (InvalidInputException: no): eve"),
        (Answer("eve", ("a", "a"), 1), "1 of 6 got an item twice: eve"),
        (Answer("eve", ("a", "x"), 1), "1 of 6 got items that no dataset has (x): eve"),
    ],
)
def test_one_bad_answer_fails_the_probe_and_names_who_got_it(worse: Answer, says: str) -> None:
    finding = judge(RULES, [*GOOD, worse], {"x"}, {}, update=False)

    assert not finding.passed
    assert finding.reason == f"The probe failed: {says}."


def test_items_of_no_dataset_may_be_allowed() -> None:
    rules = RULES.model_copy(update={"known_items_only": False})

    assert judge(rules, GOOD, {"a"}, {}, update=False).passed


def test_what_could_not_be_checked_is_said() -> None:
    assert "items not checked" in judge(RULES, GOOD, None, {}, update=False).reason
    assert "no record of an item to ask for" in judge(RULES, [], None, {}, update=False).reason


def test_it_is_the_median_that_must_be_quick() -> None:
    slow = [replace(answer, milliseconds=101 if number < 2 else 1) for number, answer in enumerate(GOOD)]
    slower = [replace(answer, milliseconds=101 if number < 3 else 1) for number, answer in enumerate(GOOD)]

    assert judge(RULES, slow, (), {}, update=False).passed
    assert "the median answer took 101 ms; 100 are allowed" in judge(RULES, slower, (), {}, update=False).reason


def test_only_an_update_must_answer_much_as_before() -> None:
    before = {"u0": ("a", "b"), "u1": ("c", "d"), "u2": ("a", "c", "d", "e"), "u3": (), "gone": ("z",)}

    full, update = (judge(RULES, GOOD, (), before, update=update) for update in (False, True))

    assert full.passed
    assert full.overlap == pytest.approx((1 + 0 + 1 / 4) / 3)
    assert "only 42% of the items answered before the UPDATE" in update.reason


@pytest.mark.parametrize(
    ("campaign", "failure"),
    [
        (SERVING, "The probe failed."),
        (
            {
                **SERVING,
                "solutionVersionArn": "old",
                "latestCampaignUpdate": {
                    "status": "CREATE FAILED",
                    "solutionVersionArn": "new",
                    "failureReason": "Full",
                },
            },
            "The campaign could not be moved: Full.",
        ),
        (
            {**SERVING, "latestCampaignUpdate": {"status": "CREATE IN_PROGRESS", "solutionVersionArn": "old"}},
            "The probe failed.",  # it is on its way back already
        ),
    ],
)
def test_the_way_back_is_to_what_was_noted_with_all_its_members(campaign: dict[str, Any], failure: str) -> None:
    way = way_back(replace(MOVE, failure="The probe failed."), campaign)

    assert (way.members, way.failure) == ({"name": "c", "minProvisionedTPS": 3}, failure)


@pytest.mark.parametrize(
    ("move", "campaign", "says"),
    [
        (MOVE, None, "was not created"),
        (MOVE, {**SERVING, "solutionVersionArn": "third"}, "Meanwhile somebody moved it to third"),
        (replace(MOVE, previous_arn=None), SERVING, "did not come to an end"),
        (replace(MOVE, previous_arn="new"), SERVING, "did not come to an end"),
        (
            replace(MOVE, previous_arn=None),
            {**SERVING, "status": "CREATE FAILED", "failureReason": "Full"},
            "could not be moved: Full. campaign is CREATE FAILED",
        ),
    ],
)
def test_where_there_is_no_way_back_it_says_so(move: Move, campaign: dict[str, Any] | None, says: str) -> None:
    way = way_back(move, campaign)

    assert way.members is None
    assert says in way.failure


def test_a_note_is_of_another_move_once_the_campaign_was_moved_elsewhere() -> None:
    assert is_of(MOVE, "new", {"solutionVersionArn": "old"})
    assert is_of(MOVE, "new", {"solutionVersionArn": "new"})
    assert not is_of(MOVE, "new", {"solutionVersionArn": "third"})
    assert not is_of(MOVE, "newer", {"solutionVersionArn": "old"})
    assert not is_of(MOVE, "new", None)
