"""What a user may be recommended: the items that are worth scoring, and their scores.

Of a small catalogue that is every item. Of a large one it is what the user has had, then the items that transitions
score highest, then popular ones: taste changes the order among these, and hardly ever brings in another. Scores are
standardised over the whole catalogue all the same, which needs no score of the others: the mean and the deviation of
taste over all items follow from the mean of their factors and from the Gram matrix.
"""

from dataclasses import dataclass

import numba
import numpy as np

from include.local_personalize.engine.histories import Bools, Floats, Int32s, Int64s
from include.local_personalize.engine.personalization.strongest import PLACES, item_of, key, make_room
from include.local_personalize.engine.personalization.taste import Float32s, fold_in

MOST_TIMES = 3
LARGEST_SMALL_CATALOGUE = 2_500
ROUNDING = 1e-12
CHOSEN = 500  # of a large catalogue, besides what the user has had


@dataclass(frozen=True)
class Candidates:
    """Of each user ``items[starts[u]:starts[u + 1]]``, different ones: their scores by transitions and by taste, each
    with mean 0 and deviation 1 over the catalogue, and how many times the user has had them, at most MOST_TIMES.
    ``tastes`` has each user's own factors (users x factors).
    """

    starts: Int64s
    items: Int32s
    followed: Floats
    taste: Floats
    times: Int32s
    tastes: Floats


# Scores by transitions and confidences, times had, what is taken; then the items reached and had, in no need of zeros.
Scratch = tuple[Floats, Floats, Int32s, Bools, Int32s, Int32s]


def scratch(item_count: int) -> Scratch:
    """What ``choose`` works with. To make it anew takes longer than to choose for a user, who touches few items of it;
    only one call at a time may have it.
    """
    return (
        np.zeros(item_count),
        np.zeros(item_count),
        np.zeros(item_count, np.int32),
        np.zeros(item_count, np.bool_),
        np.empty(item_count + 1, np.int32),
        np.empty(item_count + 1, np.int32),
    )


def most_chosen(item_count: int) -> int:
    """How many items are chosen for a user besides those that the user has had: up to 500 can be asked for."""
    return item_count if item_count <= LARGEST_SMALL_CATALOGUE else CHOSEN


@numba.njit(nogil=True, cache=True)
def choose(
    starts: Int64s,
    items: Int32s,
    recency: Floats,
    neighbours: Int32s,
    weights: Float32s,
    by_popularity: Int32s,
    factors: Float32s,
    gram: Floats,
    mean_factor: Floats,
    regularisation: float,
    half_life: float,
    may_return: Bools,
    barred: Bools,
    chosen: int,
    scratch: Scratch,
) -> tuple[Int64s, Int32s, Floats, Floats, Int32s, Floats]:
    """The members of Candidates for users whose events are ``items[starts[u]:starts[u + 1]]``, oldest first; items that
    the weights do not know are passed over.

    ``may_return`` says for 0 to MOST_TIMES times whether an item had so many times may be recommended, ``barred``
    which items may not be recommended to anyone. A user's row does not depend on the other users. ``scratch`` is left
    as it was found.
    """
    count, users = len(by_popularity), len(starts) - 1
    room = np.zeros(users + 1, np.int64)
    for user in range(users):
        room[user + 1] = room[user] + min(count, chosen + starts[user + 1] - starts[user])
    found = np.empty(room[-1], np.int32)
    found_followed, found_taste, found_times = (
        np.empty(len(found)),
        np.zeros(len(found)),
        np.empty(len(found), np.int32),
    )
    bounds = np.zeros(users + 1, np.int64)
    followed, confidence, times, taken, touched, had = scratch
    keys = np.empty(PLACES * chosen, np.int64)
    left, tastes = np.empty((len(gram), len(gram))), np.zeros((users, len(gram)))
    for user in range(users):
        events = items[starts[user] : starts[user + 1]]
        own = had[: _have(events, half_life, times, confidence, had)]
        reached = touched[: _follow(events, recency, neighbours, weights, followed, touched)]
        begin = end = bounds[user]
        for item in own:
            if may_return[times[item]] and not barred[item]:
                found[end] = item
                end += 1
            taken[item] = True
        most = end + chosen
        for item in _best(reached, followed, taken, barred, keys, chosen):
            found[end] = item
            taken[item] = True
            end += 1
        for item in by_popularity:
            if end >= most:
                break
            if not taken[item] and not barred[item]:
                found[end] = item
                taken[item] = True
                end += 1
        bounds[user + 1] = end
        mine = found[begin:end]
        mean, deviation = _moments(reached, followed, count)
        for at in range(begin, end):
            found_followed[at] = (followed[found[at]] - mean) / deviation
            found_times[at] = times[found[at]]
        if len(gram) and len(own):
            taste = fold_in(own, confidence[own], factors, gram, regularisation, left)
            tastes[user] = taste
            mean, deviation = _taste_moments(taste, gram, mean_factor, count)
            for at in range(begin, end):
                found_taste[at] = (_product(taste, factors[found[at]]) - mean) / deviation
        followed[reached] = 0.0
        times[own] = 0
        confidence[own] = 0.0
        taken[own] = False
        taken[mine] = False
    size = bounds[-1]
    return bounds, found[:size], found_followed[:size], found_taste[:size], found_times[:size], tastes


@numba.njit(nogil=True, cache=True)
def _have(events: Int32s, half_life: float, times: Int32s, confidence: Floats, had: Int32s) -> int:
    """Fill ``times`` and ``confidence`` of the items of a history, and ``had`` with the different ones; returns how
    many these are.
    """
    count = 0
    for at in range(len(events)):
        item = events[at]
        if item < len(times):
            if times[item] == 0:
                had[count] = item
                count += 1
            times[item] = min(times[item] + 1, MOST_TIMES)
            confidence[item] += 0.5 ** ((len(events) - 1 - at) / half_life)
    return count


@numba.njit(nogil=True, cache=True)
def _follow(
    events: Int32s, recency: Floats, neighbours: Int32s, weights: Float32s, followed: Floats, touched: Int32s
) -> int:
    """Fill ``followed``, and ``touched`` with the items whose score is not 0; returns how many these are."""
    count = 0
    for age in range(min(len(recency), len(events))):
        item = events[len(events) - 1 - age]
        if item >= len(neighbours):
            continue
        for at in range(neighbours.shape[1]):
            follower = neighbours[item, at]
            if follower < 0:
                break
            touched[count] = follower
            count += followed[follower] == 0.0
            followed[follower] += recency[age] * weights[item, at]
    return count


@numba.njit(nogil=True, cache=True)
def _best(reached: Int32s, followed: Floats, taken: Bools, barred: Bools, keys: Int64s, chosen: int) -> Int64s:
    """The ``chosen`` items that are neither taken nor barred and have the highest scores, in no order of their own."""
    found, least = 0, np.int64(-1)
    for item in reached:
        if taken[item] or barred[item]:
            continue
        each = key(np.float32(followed[item]), item)
        if each > least:
            keys[found] = each
            found += 1
            if found == len(keys):
                found, least = chosen, make_room(keys, chosen)
    best = keys[:found] if found <= chosen else np.partition(keys[:found], found - chosen)[found - chosen :]
    for at in range(len(best)):
        best[at] = item_of(best[at])
    return best


@numba.njit(nogil=True, cache=True)
def _moments(reached: Int32s, followed: Floats, count: int) -> tuple[float, float]:
    """Mean and deviation of the scores of all items, of which most are 0; a deviation of 0 is given as 1."""
    total = squares = 0.0
    for item in reached:
        total += followed[item]
        squares += followed[item] ** 2
    return _mean_and_deviation(total / count, squares / count)


@numba.njit(nogil=True, cache=True)
def _taste_moments(taste: Floats, gram: Floats, mean_factor: Floats, count: int) -> tuple[float, float]:
    """Mean and deviation of ``taste`` times the factors of each item."""
    squares = 0.0
    for i in range(len(taste)):
        squares += taste[i] * _product(taste, gram[i])
    return _mean_and_deviation(_product(taste, mean_factor), squares / count)


@numba.njit(nogil=True, cache=True)
def _mean_and_deviation(mean: float, mean_square: float) -> tuple[float, float]:
    variance = mean_square - mean**2
    return mean, np.sqrt(variance) if variance > ROUNDING * mean_square else 1.0


# Sums in the order that is fastest, which is the same for every user.
@numba.njit(nogil=True, cache=True, fastmath={"reassoc", "contract"})
def _product(one: Floats, other: Floats) -> float:
    total = 0.0
    for i in range(len(one)):
        total += one[i] * other[i]
    return total
