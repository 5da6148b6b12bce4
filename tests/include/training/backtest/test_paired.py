"""The paired judgement: its interval by hand, its error rates by simulation, and what never changes it."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from include.training.backtest.interval import fieller
from include.training.backtest.metrics import METRICS, Values
from include.training.backtest.paired import judge

NDCG, MRR = METRICS
DISCOUNTS = 1 / np.log2(1 + np.arange(1, 26))
IDEAL = np.cumsum(DISCOUNTS)


def shop(random: np.random.Generator, users: int, loss: float) -> tuple[Values, Values]:
    """NDCG of two models over users who came back, most of whom get nothing right and few much.

    Positions are hit with a chance that is the user's own; half of what one model hits the other hits too. The
    challenger then misses each hit with probability `loss`: NDCG is a sum over hits, so that its mean falls by as much.
    """
    chance = random.beta(0.25, 6, (users, 1)) * np.linspace(2, 0.5, 25)
    both, one, other = random.random((3, users, 25))
    champion = np.where(both < 0.5, both < chance / 2, one < chance)
    challenger = np.where(both < 0.5, both < chance / 2, other < chance)
    hits = np.maximum(champion.sum(axis=1), challenger.sum(axis=1))
    ideal = IDEAL[np.clip(hits + random.geometric(0.3, users), 1, 25) - 1]
    kept = challenger & (random.random((users, 25)) >= loss)
    return champion @ DISCOUNTS / ideal, kept @ DISCOUNTS / ideal


def blocked(users: int, loss: float, runs: int, *, allowed_loss: float = 0.0) -> float:
    """The share of simulated judgements that block, at a false block rate of 2 %."""
    random = np.random.default_rng([users, round(1_000 * loss)])
    verdicts = [
        judge(*shop(random, users, loss), metric=NDCG, allowed_loss=allowed_loss, false_block_rate=0.02)
        for _ in range(runs)
    ]
    return float(np.mean([not verdict.passed for verdict in verdicts]))


def test_the_interval_is_of_the_changes_that_a_paired_t_test_does_not_refute() -> None:
    champion, challenger = shop(np.random.default_rng(5), 400, 0.1)

    interval = fieller(champion, challenger, 0.02)

    assert interval is not None
    assert interval.change == pytest.approx(challenger.mean() / champion.mean() - 1)
    for limit, alternative in ((interval.high, "less"), (interval.low, "greater")):
        test = stats.ttest_rel(challenger, (1 + limit) * champion, alternative=alternative)
        assert test.pvalue == pytest.approx(0.02)


def test_it_agrees_with_the_bootstrap() -> None:
    champion, challenger = shop(np.random.default_rng(6), 3_000, 0.05)

    def change(one: Values, other: Values, axis: int) -> Values:
        return other.mean(axis) / one.mean(axis) - 1

    found = stats.bootstrap(
        (champion, challenger), change, paired=True, confidence_level=0.96, n_resamples=2_000, rng=7, batch=100
    ).confidence_interval
    interval = fieller(champion, challenger, 0.02)

    assert interval is not None
    width = found.high - found.low
    assert interval.low == pytest.approx(found.low, abs=0.1 * width)
    assert interval.high == pytest.approx(found.high, abs=0.1 * width)


@pytest.mark.parametrize("users", [100, 300, 1_000])
def test_the_true_change_is_above_the_interval_as_often_as_stated(users: int) -> None:
    runs = 2_000
    # Binomial: 2 % of 2,000 is 40, with a standard deviation of sqrt(2000 * 0.02 * 0.98) = 6.3; four of them are 25.
    assert blocked(users, 0.0, runs) == pytest.approx(0.02, abs=25 / runs)


def test_a_loss_that_is_allowed_is_blocked_no_more_often() -> None:
    assert blocked(1_000, 0.05, 1_000, allowed_loss=0.05) <= 0.02 + 4 * math.sqrt(0.02 * 0.98 / 1_000)


def test_a_true_loss_of_5_percent_is_caught() -> None:
    assert blocked(10_000, 0.05, 100, allowed_loss=0.01) >= 0.9


def test_the_resolution_is_the_loss_that_is_blocked_four_times_in_five() -> None:
    champion, challenger = shop(np.random.default_rng(8), 1_000, 0.0)
    verdict = judge(champion, challenger, metric=NDCG, allowed_loss=0.0, false_block_rate=0.02)

    assert verdict.smallest_loss is not None
    assert blocked(1_000, verdict.smallest_loss, 1_000) == pytest.approx(0.8, abs=0.05)


def test_what_blocks_is_said() -> None:
    half = np.tile([0.2, 0.6], 200)
    verdict = judge(half, 0.9 * half, metric=MRR, allowed_loss=0.02, false_block_rate=0.02)

    assert not verdict.passed
    # Every user loses a tenth: nothing is left to chance.
    assert verdict.reason == (
        f"Blocked: for 400 users who came back, {MRR} fell by 10.0%, from 0.4000 to 0.3600 "
        "(96% confidence: -10.0% to -10.0%); a loss of 2% is allowed."
    )
    assert verdict.resolution == "400 users who came back: losses under 2.0% cannot be told from noise."


@pytest.mark.parametrize(
    ("champion", "challenger"),
    [
        (np.array([]), np.array([])),
        (np.full(99, 0.5), np.zeros(99)),  # too few users
        (np.zeros(500), np.full(500, 0.5)),  # no hit of the champion
        (np.eye(500)[0], np.zeros(500)),  # one hit: the champion's mean might be 0
    ],
)
def test_what_cannot_be_told_blocks_nothing_and_says_so(champion: Values, challenger: Values) -> None:
    verdict = judge(champion, challenger, metric=NDCG, allowed_loss=0.02, false_block_rate=0.02)

    assert verdict.passed
    assert verdict.interval is None
    assert verdict.smallest_loss is None
    assert "the backtest could tell nothing" in verdict.reason
    assert "no loss can be told from noise" in verdict.resolution


def test_values_of_other_users_are_refused() -> None:
    with pytest.raises(ValueError, match="3 values of one version, 2 of the other"):
        judge(np.ones(3), np.ones(2), metric=NDCG, allowed_loss=0.02, false_block_rate=0.02)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0, 0.5), st.floats(0, 0.9), st.floats(0, 0.5))
def test_a_worse_challenger_never_passes_where_a_better_one_is_blocked(
    seed: int, loss: float, share: float, allowed_loss: float
) -> None:
    champion, challenger = shop(np.random.default_rng(seed), 300, loss)
    rules = {"metric": NDCG, "allowed_loss": allowed_loss, "false_block_rate": 0.02}

    better, worse = judge(champion, challenger, **rules), judge(champion, challenger * share, **rules)

    assert better.passed or not worse.passed
    if better.interval:
        assert better.interval.low <= better.interval.change <= better.interval.high


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_order_of_users_does_not_matter(seed: int) -> None:
    champion, challenger = shop(np.random.default_rng(seed), 200, 0.1)
    shuffled = np.random.default_rng(seed).permutation(200)

    one, other = fieller(champion, challenger, 0.02), fieller(champion[shuffled], challenger[shuffled], 0.02)

    assert one is not None
    assert other is not None
    assert (one.low, one.high) == pytest.approx((other.low, other.high))
