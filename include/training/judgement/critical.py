"""How far below its references a healthy version falls by chance, in standard deviations of one version's noise.

All are upper quantiles at a level: the share of healthy versions that fall further. The noise is itself estimated, with
`freedom` degrees of freedom, so that tails are those of Student's t.
"""

import functools
import math

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammaln, ndtr, roots_genlaguerre, roots_hermitenorm, stdtr, stdtrit

NODES = 48
FARTHEST = 1e3


def below_one(level: float, freedom: float) -> float:
    """Below one version: the difference of two has twice the variance."""
    return math.sqrt(2) * float(stdtrit(freedom, 1 - level))


def below_usual(level: float, count: int, freedom: float) -> float:
    """Below the mean of `count` versions, whose own noise has averaged out."""
    return math.sqrt(1 + 1 / count) * float(stdtrit(freedom, 1 - level))


@functools.lru_cache(maxsize=1024)
def below_best(level: float, count: int, freedom: float) -> float:
    """Below the best of `count` versions, which was lucky: the more there are, the further (Dunnett 1955)."""
    return float(brentq(lambda distance: share_below_best(distance, count, freedom) - level, -FARTHEST, FARTHEST))


def share_below_best(distance: float, count: int, freedom: float) -> float:
    """The share of healthy versions more than `distance` below the best of `count`: 1 - E[Phi(z + distance s)^count].

    z is the version's own noise, standard normal; s^2 the estimate's error, chi-squared over its degrees of freedom.
    """
    noise, noise_weights = roots_hermitenorm(NODES)
    gamma, gamma_weights = roots_genlaguerre(NODES, freedom / 2 - 1)
    scale = np.sqrt(2 * gamma / freedom)
    none_above = ndtr(noise[:, None] + distance * scale[None, :]) ** count
    whole = math.sqrt(2 * math.pi) * math.exp(gammaln(freedom / 2))
    return 1 - float(noise_weights @ none_above @ gamma_weights) / whole


def share_below_one(distance: float, freedom: float) -> float:
    """The share of healthy versions more than `distance` below one other version."""
    return float(stdtr(freedom, -distance / math.sqrt(2)))
