"""How far a metric of healthy versions moves by chance: a default from the test users, overtaken by the history.

A metric is a mean over test users, drawn anew for each version, so that two versions that are equally good differ. The
model is one of ratios: the logarithm of a healthy version's metric is its level plus noise of standard deviation `sd`.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

# Variance of a user's value, as a share of level * (1 - level), which is the most that values from 0 to 1 can have
# (Bhatia and Davis 2000). Measured on MovieLens 100K: NDCG 0.19 to 0.35, reciprocal rank 0.53 to 0.57, precision 0.08,
# 0.15 and 0.25 at 25, 10 and 5. With one relevant item a user and rare hits at any of 25 ranks: 0.4, 0.42 and 1/k.
SHARES = {
    "mean_reciprocal_rank_at_25": 0.6,
    "normalized_discounted_cumulative_gain_at_5": 0.45,
    "normalized_discounted_cumulative_gain_at_10": 0.4,
    "normalized_discounted_cumulative_gain_at_25": 0.4,
    "precision_at_5": 0.25,
    "precision_at_10": 0.18,
    "precision_at_25": 0.1,
}
DEFAULT_FREEDOM = 4.0  # the default weighs as much as this many degrees of freedom: it may be wrong by half
UNKNOWN_TEST_USERS = 100  # those of a shop of 1,000 users: too few only makes the default more patient
FAR = 3.0  # standard deviations; a change beyond is a jump of the level and must not pass for noise whole


@dataclass(frozen=True)
class Noise:
    """`sd` of the logarithm of a metric; `freedom`: how surely it is known; `changes`: how many it was learnt from."""

    sd: float
    freedom: float
    changes: int


def default_sd(metric: str, level: float, test_users: int | None) -> float:
    """The standard deviation of log(metric) by the sampling of test users alone, where the metric is `level`."""
    variance = SHARES[metric] * level * (1 - level) / (test_users or UNKNOWN_TEST_USERS)
    return math.sqrt(variance) / level


def changes(segments: Sequence[Sequence[float]]) -> list[float]:
    """Changes of log(metric) between neighbours within each segment; values that are 0 have no logarithm."""
    pairs = [pair for segment in segments for pair in pairwise(segment)]
    return [math.log(one / other) for one, other in pairs if one > 0 and other > 0]


def learn(default: float, found: Sequence[float]) -> Noise:
    """The noise that a default and the changes between successive healthy versions tell together.

    Half the mean square of n - 1 successive differences estimates the variance whatever slow drift the level has; it
    has 2 (n - 1)^2 / (3 n - 4) degrees of freedom (von Neumann 1941). The two variances are weighted by theirs, so that
    the default gives way smoothly. Changes count for no more than FAR times what default and median make likely.
    """
    if not found:
        return Noise(default, DEFAULT_FREEDOM, 0)
    pairs = len(found)
    freedom = 2 * pairs**2 / (3 * pairs - 1)

    def with_default(variance: float) -> float:
        return (DEFAULT_FREEDOM * default**2 + freedom * variance) / (DEFAULT_FREEDOM + freedom)

    quartile = statistics.NormalDist().inv_cdf(0.75)
    typical = statistics.median(abs(change) for change in found) / quartile
    most = FAR * math.sqrt(2 * with_default(typical**2 / 2))
    mean_square = statistics.fmean(min(abs(change), most) ** 2 for change in found)
    return Noise(math.sqrt(with_default(mean_square / 2)), DEFAULT_FREEDOM + freedom, pairs)
