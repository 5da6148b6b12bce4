"""Item-item nearest neighbours in time: what do people go on to after an item?

The neighbours of item i are the items j with the largest

    sum over users and pairs of events (i at p, j at q, 0 < q - p <= WINDOW) of (q - p) ** -NEARNESS
    ----------------------------------------------------------------------------------------------
                     events(i) ** FROM_POPULARITY * events(j) ** TO_POPULARITY + SHRINKAGE

and the score of j for a user is the sum of these over the newest events, that of age a counting (1 + a) ** -RECENCY.
The constants were chosen by NDCG@25 on MovieLens 100K, mean of 16 splits.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

from include.local_personalize.engine.histories import Floats, Histories, Int32s, Int64s

WINDOW = 30
NEARNESS = 0.75
FROM_POPULARITY = 0.7
TO_POPULARITY = 0.4
SHRINKAGE = 5.0
NEIGHBOURS = 200
RECENCY = 0.6
PARTS_A_THREAD = 8


@dataclass(frozen=True)
class Transitions:
    """For each item its neighbours, nearest first, padded with -1, and their weights; both items x NEIGHBOURS."""

    neighbours: Int32s
    weights: npt.NDArray[np.float32]


def fit(histories: Histories) -> Transitions:
    """Count, normalise and keep the nearest; equal weights are ordered by item number, whatever the number of
    threads.
    """
    count = len(histories.item_ids)
    popularity = np.bincount(histories.items, minlength=count)
    occurrences = np.argsort(histories.items, kind="stable")
    item_starts = np.concatenate(([0], np.cumsum(popularity)))
    ends = np.repeat(histories.starts[1:], histories.lengths)
    neighbours = np.full((count, min(NEIGHBOURS, count)), -1, np.int32)
    weights = np.zeros(neighbours.shape, np.float32)
    nearness = np.arange(1, WINDOW + 1, dtype=np.float64) ** -NEARNESS
    from_norm = np.power(popularity, FROM_POPULARITY, dtype=np.float64)
    to_norm = np.power(popularity, TO_POPULARITY, dtype=np.float64)

    def fit_items(first: int, last: int) -> None:
        _fit_items(
            first,
            last,
            histories.items,
            ends,
            occurrences,
            item_starts,
            nearness,
            from_norm,
            to_norm,
            neighbours,
            weights,
        )

    threads = os.cpu_count() or 1
    bounds = _equal_work(item_starts, threads * PARTS_A_THREAD)
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(fit_items, bounds[:-1], bounds[1:]))
    return Transitions(neighbours, weights)


def recency(newest_events: int, fading: bool) -> Floats:
    """What each of a user's newest events counts for, newest first."""
    return np.arange(1, newest_events + 1, dtype=np.float64) ** (-RECENCY if fading else 0.0)


def _equal_work(item_starts: Int64s, parts: int) -> list[int]:
    """Bounds of ranges of items with about the same number of events."""
    targets = np.linspace(0, item_starts[-1], parts + 1)[1:-1]
    return [0, *np.searchsorted(item_starts[1:], targets).tolist(), len(item_starts) - 1]


@numba.njit(nogil=True, cache=True)
def _fit_items(
    first: int,
    last: int,
    items: Int32s,
    ends: Int64s,
    occurrences: Int64s,
    item_starts: Int64s,
    nearness: Floats,
    from_norm: Floats,
    to_norm: Floats,
    neighbours: Int32s,
    weights: npt.NDArray[np.float32],
) -> None:
    sums = np.zeros(len(from_norm))
    touched = np.empty(len(from_norm), np.int64)
    for item in range(first, last):
        count = 0
        for at in range(item_starts[item], item_starts[item + 1]):
            event = occurrences[at]
            for later in range(event + 1, min(event + 1 + len(nearness), ends[event])):
                follower = items[later]
                if sums[follower] == 0.0:
                    touched[count] = follower
                    count += 1
                sums[follower] += nearness[later - event - 1]
        followers = np.sort(touched[:count])
        strength = sums[followers] / (from_norm[item] * to_norm[followers] + SHRINKAGE)
        sums[followers] = 0.0
        nearest = np.argsort(-strength, kind="mergesort")[: neighbours.shape[1]]
        neighbours[item, : len(nearest)] = followers[nearest]
        weights[item, : len(nearest)] = strength[nearest]


@numba.njit(nogil=True, cache=True)
def scores(
    users: Int64s,
    starts: Int64s,
    items: Int32s,
    recency: Floats,
    neighbours: Int32s,
    weights: npt.NDArray[np.float32],
) -> Floats:
    """users x items; ``recency`` weighs the newest events, newest first, and its length is how many of them
    count.
    """
    scored = np.zeros((len(users), len(neighbours)))
    for row in range(len(users)):
        newest = starts[users[row] + 1] - 1
        for age in range(min(len(recency), newest + 1 - starts[users[row]])):
            item = items[newest - age]
            if item >= len(neighbours):
                continue
            for at in range(neighbours.shape[1]):
                follower = neighbours[item, at]
                if follower < 0:
                    break
                scored[row, follower] += recency[age] * weights[item, at]
    return scored
