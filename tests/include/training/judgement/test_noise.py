"""The default noise, and how a history overtakes it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.training.judgement.noise import DEFAULT_FREEDOM, Noise, changes, default_sd, learn

NDCG = "normalized_discounted_cumulative_gain_at_25"


def test_the_default_is_that_of_a_mean_over_test_users() -> None:
    # Variance of a user's value 0.4 * 0.2 * 0.8, of the mean of 100 a hundredth of it, relative to the level.
    assert default_sd(NDCG, 0.2, 100) == pytest.approx(math.sqrt(0.4 * 0.2 * 0.8 / 100) / 0.2)
    assert default_sd(NDCG, 0.2, None) == default_sd(NDCG, 0.2, 100)


def test_without_history_the_default_stands() -> None:
    assert learn(0.1, []) == Noise(0.1, DEFAULT_FREEDOM, 0)


def test_three_changes_and_the_default_are_weighed_by_their_freedom() -> None:
    # Three changes of 0.1: variance 0.1^2 / 2 = 0.005, with 2 * 9 / 8 = 2.25 degrees of freedom. The default's 4 have
    # 0.2^2 = 0.04. Together (4 * 0.04 + 2.25 * 0.005) / 6.25 = 0.0274.
    noise = learn(0.2, [0.1, -0.1, 0.1])

    assert noise.sd == pytest.approx(math.sqrt(0.0274))
    assert (noise.freedom, noise.changes) == (6.25, 3)


def test_more_history_comes_closer_to_what_it_says() -> None:
    found = [learn(0.3, [0.05, -0.05] * count).sd for count in (0, 1, 2, 4, 8, 16, 8_000)]

    assert found == sorted(found, reverse=True)
    assert found[-1] == pytest.approx(0.05 / math.sqrt(2), rel=0.02)


def test_one_jump_among_steady_versions_does_not_pass_for_noise() -> None:
    steady = [0.02, -0.02] * 5

    # Ten changes of 0.02 and one of 1.0, which taken whole would make the sd 1 / sqrt(2 * 11) = 0.213.
    assert learn(0.05, [*steady, 1.0]).sd < 2 * learn(0.05, steady).sd


def test_changes_are_counted_within_segments_of_positive_values() -> None:
    assert changes([[0.2, 0.1], [0.3], [0.0, 0.4], []]) == pytest.approx([math.log(2)])


@given(st.lists(st.floats(0.01, 1), min_size=2, max_size=12), st.floats(0.1, 10))
def test_the_unit_of_a_metric_does_not_matter(values: list[float], unit: float) -> None:
    ours, scaled = (learn(0.1, changes([each])) for each in (values, [value * unit for value in values]))

    assert scaled.sd == pytest.approx(ours.sd)
