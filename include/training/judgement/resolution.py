"""The smallest drop that the gate can tell from noise."""

import math
import statistics
from collections.abc import Sequence

from include.training.judgement import critical
from include.training.judgement.references import Reference

POWER = 0.8
CERTAIN = 100.0  # degrees of freedom from which on Student's t is as good as normal


def smallest_drop(references: Sequence[Reference], rate: float, power: float = POWER) -> float | None:
    """The drop of all metrics at once, as a share, that is blocked with probability `power`; None without references.

    Simes' test, turned round: some j of n comparisons must be beyond their level `rate * j / n`, each with that power.
    """
    count = len(references)
    if not count:
        return None
    needed = []
    for number in range(1, count + 1):
        each = sorted(_seen(reference, rate * number / count, power) for reference in references)
        needed.append(each[number - 1])
    return -math.expm1(-min(needed))


def _seen(reference: Reference, level: float, power: float) -> float:
    """The fall of the logarithm of the true metric that is beyond the level with probability `power`."""
    return (reference.critical(level) + _short(reference, power)) * reference.noise.sd


def _short(reference: Reference, power: float) -> float:
    """How far short of a true fall of the metric the measured one stays with probability 1 - `power`."""
    usual = statistics.NormalDist().inv_cdf(power)
    if reference.against == "champion":
        return usual * math.sqrt(2)
    if reference.against == "usual":
        return usual * math.sqrt(1 + 1 / reference.count)
    return -critical.below_best(power, reference.count, CERTAIN)
