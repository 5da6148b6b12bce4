"""The smallest drop that the gate can tell from noise."""

import math
import statistics
from collections.abc import Sequence

from include.training.judgement import critical
from include.training.judgement.references import Reference

POWER = 0.8
CERTAIN = 100.0  # degrees of freedom from which on Student's t is as good as normal


def smallest_drop(references: Sequence[Reference], rate: float) -> float | None:
    """The drop of all metrics at once, as a share, that is blocked with probability POWER; None without references.

    Simes' test, turned round: some j of n comparisons must be beyond their level `rate * j / n`, each with POWER.
    """
    count = len(references)
    if not count:
        return None
    needed = []
    for number in range(1, count + 1):
        each = sorted(_seen(reference, rate * number / count) for reference in references)
        needed.append(each[number - 1])
    return -math.expm1(-min(needed))


def _seen(reference: Reference, level: float) -> float:
    """The fall of the logarithm of the true metric that is beyond the level with probability POWER."""
    return (reference.critical(level) + _short(reference)) * reference.noise.sd


def _short(reference: Reference) -> float:
    """How far short of a true fall of the metric the measured one stays with probability 1 - POWER."""
    usual = statistics.NormalDist().inv_cdf(POWER)
    if reference.against == "champion":
        return usual * math.sqrt(2)
    if reference.against == "usual":
        return usual * math.sqrt(1 + 1 / reference.count)
    return -critical.below_best(POWER, reference.count, CERTAIN)
