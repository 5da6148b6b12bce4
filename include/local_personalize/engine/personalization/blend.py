"""Transitions and taste in one score, and what having had an item already means for its chances."""

from dataclasses import dataclass

import numba
import numpy as np

from include.local_personalize.engine.histories import Floats, Int64s
from include.local_personalize.engine.personalization.candidates import Candidates


@dataclass(frozen=True)
class Blend:
    """``taste_weight`` is what a standard deviation of taste counts beside one of transitions, ``sharpness``
    what a standard deviation of their sum counts as a logit. ``repeats`` is added to the logit of an item that
    the user has had 0, 1, 2, and 3 or more times: minus infinity where such items never come back.
    """

    taste_weight: float
    sharpness: float
    repeats: tuple[float, ...]

    def logits(self, candidates: Candidates) -> Floats:
        """One for each candidate."""
        total = blended(candidates, self.taste_weight, self.sharpness)
        total += np.array(self.repeats)[candidates.times]
        return total


def blended(candidates: Candidates, taste_weight: float, sharpness: float) -> Floats:
    """Both scores, weighed and added, without regard to what the users have had."""
    total: Floats = sharpness * (candidates.followed + taste_weight * candidates.taste)
    return total


@numba.njit(nogil=True, cache=True)
def softmax_totals(starts: Int64s, logits: Floats) -> Floats:
    """For each user, whose logits are ``logits[starts[u]:starts[u + 1]]``, the logarithm of the sum of exponentials:
    exp(logits - total) sums to 1. Minus infinity for a user without candidates.
    """
    totals = np.full(len(starts) - 1, -np.inf)
    for user in range(len(totals)):
        of_user = logits[starts[user] : starts[user + 1]]
        if len(of_user) and of_user.max() > -np.inf:
            totals[user] = of_user.max() + np.log(np.exp(of_user - of_user.max()).sum())
    return totals
