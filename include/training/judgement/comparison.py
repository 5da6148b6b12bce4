"""Several metrics, each against several champions, judged together at one stated error rate."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from include.training.champion import Metrics
from include.training.judgement.references import Reference


@dataclass(frozen=True)
class Comparison:
    """One metric against one reference: `tolerance` is the fall of the logarithm that is taken for chance."""

    reference: Reference
    challenger: float
    tolerance: float

    @property
    def allowed(self) -> float:
        """The drop that is taken for chance, as a share of the reference."""
        return -math.expm1(-self.tolerance)

    @property
    def threshold(self) -> float:
        """The least value that passes."""
        return self.reference.value * (1 - self.allowed)

    @property
    def too_far(self) -> bool:
        """Whether chance does not explain the drop."""
        fell = math.log(self.reference.value / self.challenger) if self.challenger > 0 else math.inf
        return fell > self.tolerance


def compare(references: Sequence[Reference], challenger: Metrics, rate: float) -> list[Comparison]:
    """Compare at such levels that the share of healthy versions with any drop too far is at most `rate`.

    Simes' test (1986): of n comparisons, j that are each beyond what a share `rate * j / n` of healthy versions reaches
    are enough, for any j. It holds for comparisons that err together, as metrics over the same users do (Sarkar 1998);
    where one drop is enough to block, Holm's procedure is no sharper than Bonferroni's, which is j = 1. A worse version
    has no fewer drops beyond any level, so that it never passes where a better one is blocked.
    """
    for number in range(len(references), 0, -1):
        level = rate * number / len(references)
        found = [Comparison(each, challenger[each.metric], each.tolerance(level)) for each in references]
        if number == 1 or sum(comparison.too_far for comparison in found) >= number:
            return found
    return []
