"""Offline metrics of GetSolutionMetrics. Logarithms cancel in NDCG, so their base does not matter.

Source of the definitions: Amazon Personalize developer guide, evaluating a solution version with metrics.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from include.local_personalize.engine.histories import Bools, Floats, Int64s

DEPTH = 25
DECIMALS = 4


def hits(recommended: Sequence[str], relevant: Collection[str]) -> Bools:
    """Which of the recommended items, best first, are relevant."""
    return np.fromiter((item in relevant for item in recommended), np.bool_, len(recommended))


def ndcg(hit: Bools, relevant: int, k: int) -> float:
    """Normalised discounted cumulative gain: sum over hits at positions p <= k of 1 / log(1 + p), divided by
    the same sum with min(relevant, k) hits on top. ``relevant`` is the number of relevant items, at least 1.
    """
    return float(ndcgs(hit[None, :], np.array([relevant]), k)[0])


def ndcgs(hit: Bools, relevant: Int64s, k: int) -> Floats:
    """The NDCG of each row of ``hit``, users x positions."""
    discounts = _discounts(k)
    ideal = np.cumsum(discounts)[np.minimum(relevant, k) - 1]
    gained: Floats = hit[:, :k] @ discounts[: hit.shape[1]] / ideal
    return gained


def _discounts(k: int) -> Floats:
    return 1 / np.log1p(np.arange(1, k + 1))


def reciprocal_rank(hit: Bools) -> float:
    """1 / position of the first hit; 0 without a hit."""
    return float(reciprocal_ranks(hit[None, :])[0])


def reciprocal_ranks(hit: Bools) -> Floats:
    """The reciprocal rank of each row of ``hit``, users x positions."""
    if not hit.shape[1]:
        return np.zeros(len(hit))
    return np.where(hit.any(axis=1), 1 / (1 + hit.argmax(axis=1)), 0.0)


def precision(hit: Bools, k: int) -> float:
    """Hits among the first k, divided by k."""
    return float(np.count_nonzero(hit[:k]) / k)


def coverage(recommended: Iterable[Sequence[str]], catalogue: Collection[str]) -> float:
    """Different items recommended to anyone, divided by the items of the catalogue."""
    return len(set().union(*recommended)) / len(catalogue)


def means(
    recommended: Sequence[Sequence[str]], relevant: Sequence[Collection[str]], catalogue: Collection[str]
) -> dict[str, float]:
    """Means over the test users of the eight documented metrics, in the order in which the service prints them.

    ``recommended`` has up to 25 items for each test user, best first; ``relevant`` the items hidden from the
    model.
    """
    hit = np.zeros((len(recommended), DEPTH), np.bool_)
    for row, items, truth in zip(hit, recommended, relevant, strict=True):
        row[: len(items)] = hits(items[:DEPTH], truth)
    sizes = np.array([len(truth) for truth in relevant])
    metrics = {
        "coverage": coverage(recommended, catalogue),
        "mean_reciprocal_rank_at_25": float(reciprocal_ranks(hit).mean()),
    }
    for k in (10, 25, 5):
        metrics[f"normalized_discounted_cumulative_gain_at_{k}"] = float(ndcgs(hit, sizes, k).mean())
    for k in (10, 25, 5):
        metrics[f"precision_at_{k}"] = float(hit[:, :k].mean())
    return metrics


def offline_metrics(
    recommended: Sequence[Sequence[str]], relevant: Sequence[Collection[str]], catalogue: Collection[str]
) -> dict[str, float]:
    """What ``means`` gives, as the service prints it: to 4 decimals."""
    return rounded(means(recommended, relevant, catalogue))


def rounded(metrics: Mapping[str, float]) -> dict[str, float]:
    """Metrics as the service prints them: to 4 decimals, in alphabetical order."""
    return {name: round(metrics[name], DECIMALS) for name in sorted(metrics)}


def rewards_of_events(weights: Mapping[str, float]) -> dict[str, float]:
    """What a hit is worth by its type of event: its weight in eventsConfig, divided by the mean weight, which must
    not be 0.
    """
    mean = float(np.mean(list(weights.values())))
    return {event_type: weight / mean for event_type, weight in weights.items()}


def ndcg_with_rewards(recommended: Sequence[str], rewards: Mapping[str, float], k: int) -> float:
    """normalized_discounted_cumulative_gain_with_event_weights_at_k of one user: each hit gains its reward, and the
    ideal has the largest rewards on top. ``rewards`` has every relevant item, one of them with more than 0.
    """
    gains = np.array([rewards.get(item, 0.0) for item in recommended[:k]])
    ideal = np.sort(np.fromiter(rewards.values(), np.float64, len(rewards)))[::-1][:k]
    discounts = _discounts(k)
    return float(gains @ discounts[: len(gains)] / (ideal @ discounts[: len(ideal)]))


def average_rewards(
    recommended: Sequence[Sequence[str]],
    relevant: Sequence[Collection[str]],
    reward: Mapping[str, float],
    k: int = DEPTH,
) -> float:
    """average_rewards_at_k: of the rewards of all hits among a user's recommendations, the share that the k
    recommendations of the highest reward have; the mean over the users who have any, 0 if none has.

    ``reward`` has each item's value of the objective, 0 or more. Recommendations are longer than k, or the share is
    1 by definition; of equal rewards the better ranked come first.
    """
    shares = []
    for items, truth in zip(recommended, relevant, strict=True):
        rewards: npt.NDArray[np.float64] = np.array([reward[item] for item in items], np.float64)
        gained = np.where(hits(items, truth), rewards, 0.0)
        if gained.any():
            shares.append(gained[np.argsort(-rewards, kind="stable")[:k]].sum() / gained.sum())
    return float(np.mean(shares)) if shares else 0.0
