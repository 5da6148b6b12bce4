"""Transitions and taste in one score, and what having had an item already means for its chances."""

from dataclasses import dataclass

import numba
import numpy as np

from include.local_personalize.engine.histories import Floats, Int32s, Int64s

MOST_TIMES = 3


@dataclass(frozen=True)
class Blend:
    """``taste_weight`` is what a standard deviation of taste counts beside one of transitions, ``sharpness``
    what a standard deviation of their sum counts as a logit. ``repeats`` is added to the logit of an item that
    the user has had 0, 1, 2, and 3 or more times: minus infinity where such items never come back.
    """

    taste_weight: float
    sharpness: float
    repeats: tuple[float, ...]

    def logits(self, followed: Floats, taste: Floats, times: Int32s) -> Floats:
        """users x items, from the scores of each user and how many times each user has had each item."""
        total: Floats = blended(followed, taste, self.taste_weight, self.sharpness)
        total += np.array(self.repeats)[times]
        return total


@numba.njit(nogil=True, cache=True)
def blended(followed: Floats, taste: Floats, taste_weight: float, sharpness: float) -> Floats:
    """users x items: both scores brought to mean 0 and deviation 1 for each user, weighed and added."""
    count = followed.shape[1]
    total = np.zeros(followed.shape)
    for row in range(len(followed)):
        for scored, weight in ((followed[row], sharpness), (taste[row], sharpness * taste_weight)):
            mean = scored.sum() / count
            variance = ((scored - mean) ** 2).sum() / count
            if variance > 0.0:
                total[row] += (weight / np.sqrt(variance)) * (scored - mean)
    return total


@numba.njit(nogil=True, cache=True)
def times_had(users: Int64s, starts: Int64s, items: Int32s, item_count: int) -> Int32s:
    """users x items: how many times each user has had each item, at most MOST_TIMES."""
    times = np.zeros((len(users), item_count), np.int32)
    for row in range(len(users)):
        for event in range(starts[users[row]], starts[users[row] + 1]):
            item = items[event]
            if item < item_count and times[row, item] < MOST_TIMES:
                times[row, item] += 1
    return times


@numba.njit(nogil=True, cache=True)
def softmax_totals(logits: Floats) -> Floats:
    """For each row, the logarithm of the sum of exponentials: exp(logits - totals) sums to 1."""
    totals = np.empty(len(logits))
    for row in range(len(logits)):
        top = logits[row].max()
        totals[row] = top + np.log(np.exp(logits[row] - top).sum())
    return totals
