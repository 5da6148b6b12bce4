"""How sure a relative change of a mean is that the same users tell, of whom most have values near 0 and few near 1."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri, stdtrit

from include.training.backtest.metrics import Values

POWER = 0.8


@dataclass(frozen=True)
class Interval:
    """A change as a share of the champion's mean; the true one is below `low` or above `high` at one rate each.

    noise: standard deviation of the change by the sampling of users.
    """

    change: float
    low: float
    high: float
    noise: float


def fieller(champion: Values, challenger: Values, rate: float) -> Interval | None:
    """The interval of mean(challenger) / mean(champion) - 1 over the same users; None where it has no bounds.

    It holds every change c for which a paired t-test does not refute that challenger - (1 + c) * champion has mean 0
    (Fieller 1954). Differences of two models over the same users are far less skewed than the values of either, so that
    it keeps its rate from about a hundred users on; it has no bounds where the champion's mean itself might be 0.
    """
    users = len(champion)
    if users < 2 or not champion.any():
        return None
    before, now = float(champion.mean()), float(challenger.mean())
    (champion_variance, covariance), (_, challenger_variance) = (np.cov(champion, challenger) / users).tolist()
    critical = float(stdtrit(users - 1, 1 - rate))
    # The limits of the ratio are the roots of a r^2 - 2 b r + c.
    a = before**2 - critical**2 * champion_variance
    b = before * now - critical**2 * covariance
    c = now**2 - critical**2 * challenger_variance
    if a <= 0:
        return None
    half = math.sqrt(max(b**2 - a * c, 0.0)) / a
    ratio = now / before
    noise = float(np.std(challenger - ratio * champion, ddof=1)) / math.sqrt(users) / before
    return Interval(ratio - 1, b / a - half - 1, b / a + half - 1, noise)


def smallest_loss(interval: Interval, allowed: float, rate: float) -> float:
    """The true loss, as a share of the champion's mean, that is blocked with probability POWER."""
    return allowed + float(ndtri(1 - rate) + ndtri(POWER)) * interval.noise
