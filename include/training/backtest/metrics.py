"""What a list of recommended items is worth to one user, by what the user did later.

Definitions as Amazon Personalize's offline metrics have them (developer guide, evaluating a solution version with
metrics), but one value a user: their means are the metrics.
"""

from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt

DEPTH = 25  # items that count

Values = npt.NDArray[np.float64]

_DISCOUNTS = 1 / np.log2(1 + np.arange(1, DEPTH + 1))
_IDEAL = np.cumsum(_DISCOUNTS)


def ndcg_at_25(recommended: Sequence[str], later: Collection[str]) -> float:
    """Sum of 1 / log(1 + p) over the positions p of the hits, divided by that of min(len(later), 25) hits on top."""
    return float(_hits(recommended, later) @ _DISCOUNTS / _IDEAL[min(len(set(later)), DEPTH) - 1])


def reciprocal_rank_at_25(recommended: Sequence[str], later: Collection[str]) -> float:
    """1 / position of the first hit; 0 without one."""
    hits = _hits(recommended, later)
    return float(1 / (1 + hits.argmax())) if hits.any() else 0.0


METRICS: Mapping[str, Callable[[Sequence[str], Collection[str]], float]] = {
    "normalized_discounted_cumulative_gain_at_25": ndcg_at_25,
    "mean_reciprocal_rank_at_25": reciprocal_rank_at_25,
}


def per_user(metric: str, recommended: Sequence[Sequence[str]], later: Sequence[Collection[str]]) -> Values:
    """The metric of each user, in their order: items recommended, best first, and items interacted with later.

    Nothing recommended is worth 0. Raises ValueError where a user has no later item, and so no value.
    """
    if not all(later):
        raise ValueError("a user without a later interaction has no metric: leave such users out")
    each = METRICS[metric]
    return np.array([each(items, after) for items, after in zip(recommended, later, strict=True)], np.float64)


def _hits(recommended: Sequence[str], later: Collection[str]) -> Values:
    """1 where a position's item is hit, else 0; DEPTH positions."""
    wanted = frozenset(later)
    hits = np.zeros(DEPTH)
    for position, item in enumerate(recommended[:DEPTH]):
        hits[position] = item in wanted
    return hits
