"""How far healthy versions fall by chance, against tables and against draws."""

import numpy as np
import pytest
from scipy.stats import t

from include.training.judgement import critical


@pytest.mark.parametrize("freedom", [4.0, 11.6, 60.0])
@pytest.mark.parametrize("level", [0.02, 0.005])
def test_below_one_and_below_usual_are_students_t(level: float, freedom: float) -> None:
    quantile = t.ppf(1 - level, freedom)

    assert critical.below_one(level, freedom) == pytest.approx(2**0.5 * quantile)
    assert critical.below_usual(level, 4, freedom) == pytest.approx(1.25**0.5 * quantile)  # 1 + 1 / 4
    assert critical.below_best(level, 1, freedom) == pytest.approx(2**0.5 * quantile, rel=0.001)  # the best of one
    assert critical.share_below_one(2**0.5 * quantile, freedom) == pytest.approx(level)


def test_below_the_best_of_twelve_as_often_as_drawn() -> None:
    chance, draws, freedom = np.random.default_rng(5), 200_000, 8.0
    versions = chance.standard_normal((draws, 13))
    scale = np.sqrt(chance.chisquare(freedom, draws) / freedom)
    fallen = (versions[:, 1:].max(axis=1) - versions[:, 0]) / scale

    share = np.mean(fallen > critical.below_best(0.02, 12, freedom))

    assert share == pytest.approx(0.02, abs=4 * (0.02 * 0.98 / draws) ** 0.5)


def test_dunnetts_table() -> None:
    # Dunnett (1955), one-sided, 5 %, three treatments against a control, 20 degrees of freedom: t = 2.19, where the
    # difference is divided by sqrt(2) standard deviations.
    assert critical.below_best(0.05, 3, 20.0) / 2**0.5 == pytest.approx(2.19, abs=0.005)
