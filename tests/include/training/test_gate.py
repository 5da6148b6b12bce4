"""The gate as a table: what passes, what is blocked, and the sentence that says why."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.config import Gate
from include.training.champion import Champion
from include.training.gate import judge_full, judge_update
from include.training.lineage import Version

NDCG, MRR, PRECISION = "normalized_discounted_cumulative_gain_at_25", "mean_reciprocal_rank_at_25", "precision_at_25"
HARD = Gate(floors={NDCG: 0.05}, max_drop={NDCG: 0.25}, compare=(), coverage_collapse=None)


def champions(*metrics: dict[str, float]) -> list[Champion]:
    """Newest first."""
    return [Champion(each) for each in metrics]


@pytest.mark.parametrize(
    ("challenger", "champion", "passed", "reason"),
    [
        ({NDCG: 0.20}, {NDCG: 0.20}, True, "0.2000 against the champion's 0.2000"),
        ({NDCG: 0.15}, {NDCG: 0.20}, True, "0.1500 against"),  # 0.20 * (1 - 0.25) = 0.15: just allowed
        ({NDCG: 0.1499}, {NDCG: 0.20}, False, "fell by 25%, from 0.2000 to 0.1499; 25% is allowed"),
        ({NDCG: 0.10}, {NDCG: 0.20}, False, "fell by 50%"),  # 1 - 0.10 / 0.20
        ({NDCG: 0.04}, {NDCG: 0.04}, False, "0.0400, below the floor of 0.05"),
        ({NDCG: 0.05}, None, True, "the first version, judged by floors alone"),
        ({NDCG: 0.0499}, None, False, "below the floor"),
        ({}, None, False, "is missing for this version, and a missing metric never passes"),
        ({}, {NDCG: 0.20}, False, "is missing for this version"),
        ({}, {}, False, "is missing for this version and the champion"),
        ({NDCG: 0.20}, {}, False, "is missing for the champion"),
        ({NDCG: float("nan")}, None, False, "nan, no number from 0 to 1"),
        ({NDCG: float("inf")}, {NDCG: 0.20}, False, "inf, no number from 0 to 1"),
        ({NDCG: 0.30}, {NDCG: float("nan")}, False, "is missing for the champion"),
        ({NDCG: 0.30}, {NDCG: 0.0}, True, "against the champion's 0.0000"),
    ],
)
def test_rules_that_know_no_noise(challenger: dict, champion: dict | None, passed: bool, reason: str) -> None:
    verdict = judge_full(HARD, challenger, champions(champion) if champion is not None else [])

    assert verdict.passed is passed
    assert reason in verdict.reason
    assert verdict.reason.startswith("Passed: " if passed else "Blocked: ")


LEARNING = Gate(compare=(NDCG,), coverage_collapse=None)


@pytest.mark.parametrize(
    ("value", "passed"),
    # One champion and 100 test users at 0.2: sd = sqrt(0.4 * 0.8 / (0.2 * 100)) = 0.12649. Student's t of 4 degrees of
    # freedom exceeds 2.99853 in 2 % of cases, so that a fall by sqrt(2) * 0.12649 * 2.99853 = 0.53640 of the logarithm
    # is allowed: 0.2 * exp(-0.53640) = 0.11697.
    [(0.2, True), (0.1170, True), (0.1169, False)],
)
def test_with_one_champion_the_default_decides(value: float, passed: bool) -> None:
    assert judge_full(LEARNING, {NDCG: value}, champions({NDCG: 0.2}), 100).passed is passed


def test_what_a_shop_learns_makes_the_gate_sharper() -> None:
    steady = champions(*({NDCG: value} for value in (0.200, 0.201, 0.199, 0.200, 0.202, 0.198) * 2))

    short, long = (judge_full(LEARNING, {NDCG: 0.14}, line, 100) for line in (steady[:1], steady))

    assert short.passed
    assert not long.passed
    assert long.smallest_drop < short.smallest_drop


def test_slow_decline_is_caught_though_no_step_is() -> None:
    line = champions(*({NDCG: 0.3 * 0.97**week} for week in range(11, -1, -1)))  # 3 % a week
    step = judge_full(LEARNING, {NDCG: 0.3 * 0.97**12}, line[:1], 3_000)

    whole = judge_full(LEARNING, {NDCG: 0.3 * 0.97**12}, line, 3_000)

    assert step.passed
    assert "fell by 31%, from 0.3000, the best of the last 12 champions, to 0.2082" in whole.reason  # 1 - 0.97^12


def test_what_a_person_let_through_is_the_new_level() -> None:
    before = champions(*[{NDCG: 0.3}] * 5)
    accepted = [Champion({NDCG: 0.1}, let_through=True), *before]

    assert not judge_full(LEARNING, {NDCG: 0.1}, before, 3_000).passed
    assert judge_full(LEARNING, {NDCG: 0.1}, accepted, 3_000).passed
    assert judge_full(LEARNING, {NDCG: 0.1}, [*champions({NDCG: 0.1}), *accepted], 3_000).passed
    assert not judge_full(LEARNING, {NDCG: 0.07}, accepted, 3_000).passed


def test_every_metric_that_broke_a_rule_is_named_once() -> None:
    gate = Gate(floors={PRECISION: 0.05}, max_drop={MRR: 0.2}, compare=(NDCG, MRR))
    good = {"coverage": 0.3, NDCG: 0.2, MRR: 0.3, PRECISION: 0.1}

    verdict = judge_full(gate, {"coverage": 0.1, NDCG: 0.02, MRR: 0.03, PRECISION: 0.01}, champions(good), 1_000)

    assert [verdict.reason.count(metric) for metric in good] == [1, 1, 1, 1]
    assert "coverage fell by 67%, from 0.3000 to 0.1000; 50% is allowed" in verdict.reason


def test_coverage_collapses_against_the_best_of_the_recent() -> None:
    gate = Gate(compare=(NDCG,))
    line = champions({NDCG: 0.2, "coverage": 0.3}, {NDCG: 0.2, "coverage": 0.4})

    half, less = (judge_full(gate, {NDCG: 0.2, "coverage": coverage}, line) for coverage in (0.2, 0.1999))

    assert half.passed
    assert "from 0.4000, the best of the last 2 champions, to 0.1999" in less.reason


def test_metrics_that_are_all_zero_never_pass() -> None:
    nothing = dict.fromkeys((NDCG, MRR, "coverage"), 0.0)

    assert "every metric is zero" in judge_full(Gate(), nothing).reason
    assert not judge_full(Gate(), nothing, champions(nothing)).passed


def test_a_rule_within_the_noise_is_warned_of() -> None:
    gate = Gate(floors={NDCG: 0.19}, max_drop={NDCG: 0.25}, compare=(NDCG,), coverage_collapse=None)

    drop, floor = judge_full(gate, {NDCG: 0.2}, champions({NDCG: 0.2}), 94).warnings
    sharp = judge_full(gate, {NDCG: 0.3}, champions({NDCG: 0.3}), 100_000).warnings

    # -log(0.75) / (sqrt(2) * sqrt(0.4 * 0.8 / (0.2 * 94))) = 1.559, which Student's t of 4 exceeds in 9.7 % of cases
    assert "max_drop allows 25%, less than can be told from noise: about 10% of healthy versions" in drop
    assert "the floor of 0.19 is near" in floor
    assert sharp == []


@pytest.mark.parametrize(
    ("popularity", "told"),
    [
        ({NDCG: 0.1}, None),  # 0.15 is 1.5 times 0.1
        ({NDCG: 0.1001}, "is 0.1500, less than 1.5 times that of aws-popularity-count, 0.1001"),
        ({}, "is missing for aws-popularity-count"),
        (None, "is missing for aws-popularity-count"),
    ],
)
@pytest.mark.parametrize("line", [[], [Champion({NDCG: 0.15})]])
def test_what_is_popular_must_be_beaten(popularity: dict | None, told: str | None, line: list[Champion]) -> None:
    gate = LEARNING.model_copy(update={"beats_popularity": 1.5})

    verdict = judge_full(gate, {NDCG: 0.15}, line, popularity=popularity)

    assert verdict.passed is (told is None)
    assert (told or "Passed") in verdict.reason
    assert judge_full(LEARNING, {NDCG: 0.15}, line, popularity=popularity).passed


@pytest.mark.parametrize(("hours", "warned"), [(1.0, False), (0.99, True), (None, False)])
def test_a_training_of_less_than_half_the_time_is_warned_of(hours: float | None, warned: bool) -> None:
    verdict = judge_full(LEARNING, {NDCG: 0.2}, [Champion({NDCG: 0.2}, hours=2.0)], 100, hours)

    assert verdict.passed
    assert bool(verdict.warnings) is warned


def test_numbers_and_resolution_stand_beside_the_verdict() -> None:
    verdict = judge_full(
        Gate(compare=(NDCG,)), {NDCG: 0.15, "coverage": 0.2}, champions({NDCG: 0.2, "coverage": 0.3}), 94
    )

    ndcg, coverage = verdict.numbers
    assert (ndcg.challenger, ndcg.champion, ndcg.learnt) == (0.15, 0.2, "default")
    assert ndcg.change == pytest.approx(-0.25)
    assert ndcg.threshold == pytest.approx(0.2 * (1 - ndcg.allowed))
    assert coverage.threshold == pytest.approx(0.15)  # half of 0.3
    # sqrt(0.4 * 0.8 / (0.2 * 94)) * sqrt(2) * (2.99853 + 0.84162) = 0.70852, and 1 - exp(-0.70852) = 0.508
    assert verdict.resolution == "About 94 test users: drops under 51% cannot be told from noise."


VALUE = st.floats(0.001, 0.999)
LINES = st.lists(st.fixed_dictionaries({NDCG: VALUE, MRR: VALUE, "coverage": VALUE}), max_size=5)
METRICS = st.fixed_dictionaries({NDCG: VALUE, MRR: VALUE, "coverage": VALUE})
USERS = st.one_of(st.none(), st.integers(1, 100_000))
RULES = Gate(floors={NDCG: 0.01}, max_drop={MRR: 0.6})


@settings(deadline=None)  # a busy machine proves nothing
@given(METRICS, LINES, USERS, st.floats(0, 1))
def test_a_worse_version_never_passes_where_a_better_one_is_blocked(
    metrics: dict, line: list, users: int | None, share: float
) -> None:
    worse = {metric: value * share for metric, value in metrics.items()}

    if not judge_full(RULES, metrics, champions(*line), users).passed:
        assert not judge_full(RULES, worse, champions(*line), users).passed


@settings(deadline=None)
@given(METRICS, st.integers(1, 5), USERS)
def test_the_same_metrics_always_pass(metrics: dict, count: int, users: int | None) -> None:
    assert judge_full(Gate(), metrics, champions(*[metrics] * count), users).passed


DAY_0 = datetime(2026, 11, 1, tzinfo=UTC)


def version(name: str, mode: str, day: int, status: str = "ACTIVE") -> Version:
    return Version(f"arn:aws:personalize:us-east-1:1:solution/s/{name}", mode, status, DAY_0 + timedelta(days=day))


FULL, UPDATE, NEXT_FULL, NEXT_UPDATE = (
    version("full", "FULL", 0),
    version("update", "UPDATE", 1),
    version("nextfull", "FULL", 7),
    version("nextupdate", "UPDATE", 8),
)


@pytest.mark.parametrize(
    ("history", "challenger", "champion", "passed"),
    [
        ([FULL, UPDATE], UPDATE, FULL, True),
        ([FULL, UPDATE, version("update2", "UPDATE", 2)], version("update2", "UPDATE", 2), UPDATE, True),
        ([FULL, UPDATE, NEXT_FULL, NEXT_UPDATE], NEXT_UPDATE, NEXT_FULL, True),
        # The next FULL was blocked, so the campaign still serves the old line: its update must not slip through.
        ([FULL, UPDATE, NEXT_FULL, NEXT_UPDATE], NEXT_UPDATE, UPDATE, False),
        ([FULL, UPDATE], UPDATE, None, False),
        ([FULL, version("update", "UPDATE", 1, "CREATE FAILED")], UPDATE, FULL, False),
        ([FULL], UPDATE, FULL, False),
        # A FULL version that failed is nobody's parent.
        ([FULL, version("bad", "FULL", 7, "CREATE FAILED"), NEXT_UPDATE], NEXT_UPDATE, FULL, True),
    ],
)
def test_update_versions(history: list, challenger: Version, champion: Version | None, passed: bool) -> None:
    verdict = judge_update(history, challenger.arn, champion.arn if champion else None)

    assert verdict.passed is passed
