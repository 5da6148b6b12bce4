"""What is missing from the data of a version, beside the data of its champions."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.config import Gate, TrainingData
from include.training.champion import Champion
from include.training.gate import judge_full
from include.training.judgement import table
from include.training.judgement.training_data import changes

FACTS = {
    "rows": 50_000.0,
    "recent_rows": 12_000.0,
    "users": 20_000.0,
    "items": 2_000.0,
    "age_days": 0.5,
    "busy": 0.001,
    "tied": 0.01,
    "rows of click": 45_000.0,
    "rows of cart": 5_000.0,
}
METRICS = {"normalized_discounted_cumulative_gain_at_25": 0.2, "mean_reciprocal_rank_at_25": 0.2, "coverage": 0.3}
LINE = [Champion(METRICS, data=FACTS)] * 6


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, None),
        ({"rows": 36_000, "users": 15_000, "recent_rows": 7_000, "items": 1_950}, None),  # -28, -25, -42, -2.5 %
        ({"rows": 34_000}, "rows: 34,000 in four weeks, 32% fewer than the median of the last 6 champions, 50,000"),
        ({"recent_rows": 5_000}, "rows: 5,000 in a week, 58% fewer"),
        ({"users": 13_000}, "users: 13,000"),
        ({"items": 1_700}, "items: 1,700 in four weeks, 15% fewer"),
        ({"age_days": 3.4}, None),
        ({"age_days": 5.5}, "the newest interaction is 5.5 days old, 0.5 as a rule; 3.0 more are allowed"),
        ({"busy": 0.15}, "15.0% of the rows are of users with more than 30 a day, 0.1% as a rule"),
        ({"tied": 0.2}, "20.0% of the rows share user and TIMESTAMP"),
        ({"rows of cart": 1_000}, "rows of cart: 1,000 in four weeks, 80% fewer"),
        ({"rows of return": 500, "rows": 90_000, "items": 9_000}, None),  # more of anything is no loss
    ],
)
def test_a_version_by_its_data(changed: dict[str, float], told: str | None) -> None:
    verdict = judge_full(Gate(), METRICS, LINE, 2_000, data=FACTS | changed)

    assert verdict.passed is (told is None)
    assert (told or "Passed") in verdict.reason


def test_a_type_of_event_that_is_gone() -> None:
    without = {fact: value for fact, value in FACTS.items() if fact != "rows of cart"}

    assert "rows of cart: 0 in four weeks, 100% fewer" in judge_full(Gate(), METRICS, LINE, data=without).reason


def test_what_is_not_known_is_not_judged() -> None:
    assert changes(TrainingData(), {}, LINE) == []
    assert changes(TrainingData(), FACTS, []) == []
    assert changes(TrainingData(), FACTS, [Champion(METRICS)]) == []
    no_rules = TrainingData(**dict.fromkeys(TrainingData.model_fields))
    assert changes(no_rules, FACTS, LINE) == []


def test_a_shop_that_moves_more_is_allowed_more() -> None:
    restless = [Champion(METRICS, data=FACTS | {"items": 2_000.0 * (1.2 if week % 2 else 1)}) for week in range(12)]
    fewer = FACTS | {"items": 1_800.0}

    assert not judge_full(Gate(), METRICS, LINE * 2, data=fewer).passed
    assert judge_full(Gate(), METRICS, restless, data=fewer).passed


def test_few_rows_differ_by_the_root_of_their_number() -> None:
    rare = FACTS | {"rows of return": 9.0}
    found = {each.fact: each for each in changes(TrainingData(), rare, [Champion(METRICS, data=rare)] * 12)}

    # 1 / sqrt(9) is granted with 4 of 4 + 2 * 11^2 / 32 = 11.56 degrees of freedom, and nothing was seen to move: a
    # standard deviation of 0.2 of the logarithm, by 4.1 to 4.2 of which, as Student's t of 11.56 has it, and the root
    # of 1 + 1 / 12, it may fall.
    assert 0.5 < found["rows of return"].allowed < 0.6
    assert found["rows of click"].allowed == 0.5


def test_the_facts_are_shown_and_kept() -> None:
    verdict = judge_full(Gate(), METRICS, LINE, 2_000, data=FACTS)

    assert "rows of click" in table.as_text(verdict)
    assert verdict.data == FACTS


@settings(max_examples=30, deadline=None)  # a busy machine proves nothing
@given(st.dictionaries(st.sampled_from(sorted(FACTS)), st.integers(0, 10**9)), st.integers(1, 12))
def test_the_same_data_always_pass(facts: dict[str, float], count: int) -> None:
    assert not any(each.too_far for each in changes(TrainingData(), facts, [Champion(METRICS, data=facts)] * count))
