"""The eight offline metrics of GetSolutionMetrics. Logarithms cancel in NDCG, so their base does not matter."""

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from include.local_personalize.engine.histories import Bools

DEPTH = 25


def hits(recommended: Sequence[str], relevant: Collection[str]) -> Bools:
    """Which of the recommended items, best first, are relevant."""
    return np.fromiter((item in relevant for item in recommended), np.bool_, len(recommended))


def ndcg(hit: Bools, relevant: int, k: int) -> float:
    """Normalised discounted cumulative gain: sum over hits at positions p <= k of 1 / log(1 + p), divided by
    the same sum with min(relevant, k) hits on top. ``relevant`` is the number of relevant items, at least 1.
    """
    gains = 1 / np.log1p(np.arange(1, k + 1))
    return float(gains[: len(hit)][hit[:k]].sum() / gains[: min(relevant, k)].sum())


def reciprocal_rank(hit: Bools) -> float:
    """1 / position of the first hit; 0 without a hit."""
    return 1 / (1 + int(hit.argmax())) if hit.any() else 0.0


def precision(hit: Bools, k: int) -> float:
    """Hits among the first k, divided by k."""
    return float(np.count_nonzero(hit[:k]) / k)


def coverage(recommended: Iterable[Sequence[str]], catalogue: Collection[str]) -> float:
    """Different items recommended to anyone, divided by the items of the catalogue."""
    return len(set().union(*recommended)) / len(catalogue)


def offline_metrics(
    recommended: Sequence[Sequence[str]], relevant: Sequence[Collection[str]], catalogue: Collection[str]
) -> dict[str, float]:
    """Means over the test users of the documented metrics, to 4 decimals, in the order in which the service
    prints them.

    ``recommended`` has up to 25 items for each test user, best first; ``relevant`` the items hidden from the
    model.
    """
    found = [hits(items[:DEPTH], truth) for items, truth in zip(recommended, relevant, strict=True)]
    metrics: dict[str, float] = {
        "coverage": coverage(recommended, catalogue),
        "mean_reciprocal_rank_at_25": _mean([reciprocal_rank(hit) for hit in found]),
    }
    for k in (10, 25, 5):
        gains = [ndcg(hit, len(truth), k) for hit, truth in zip(found, relevant, strict=True)]
        metrics[f"normalized_discounted_cumulative_gain_at_{k}"] = _mean(gains)
    for k in (10, 25, 5):
        metrics[f"precision_at_{k}"] = _mean([precision(hit, k) for hit in found])
    return {name: round(value, 4) for name, value in metrics.items()}


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))
