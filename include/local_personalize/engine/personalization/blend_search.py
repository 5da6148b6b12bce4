"""Choosing a blend on a validation split, for each dataset anew.

Nothing says beforehand how much taste adds to transitions, nor whether people come back to what they have had:
films are watched once, milk is bought every week, and a click is followed by the purchase of the same item.
"""

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from include.local_personalize.engine import metrics
from include.local_personalize.engine.histories import Floats, Int32s, Int64s
from include.local_personalize.engine.holdout import Holdout
from include.local_personalize.engine.personalization.blend import MOST_TIMES, Blend, blended, softmax_totals, times_had
from include.local_personalize.engine.personalization.weights import Weights
from include.local_personalize.engine.ranking import best

TASTE_WEIGHTS = (0.0, 0.5, 1.0)
# About what the likelihood of hidden items prefers. Without repeats, sharpness cannot change a ranking.
SHARPNESS = 0.5
# Lets repeats, once it is known how frequent they are, stand before new items that only score high.
SHARPNESS_FOR_REPEATS = 0.2
CELLS_AT_ONCE = 2_000_000
CALIBRATION_ROUNDS = 50
SMALLEST = np.finfo(np.float64).tiny


def search(weights: Weights, validation: Holdout) -> Blend:
    """The blend with the best mean NDCG@25 over the test users of a split whose ``shown`` part the weights were
    fitted to.
    """
    repeated = any(
        np.isin(validation.hidden.of(user), validation.shown.of(user)).any() for user in validation.test_users
    )
    sharpnesses = (SHARPNESS, SHARPNESS_FOR_REPEATS) if repeated else (SHARPNESS,)
    blends = [
        Blend(taste_weight, sharpness, _repeats(weights, validation, taste_weight, sharpness))
        for taste_weight, sharpness in product(TASTE_WEIGHTS, sharpnesses)
    ]
    gains = np.zeros(len(blends))
    for followed, taste, times, truths in _scored(weights, validation):
        for at, blend in enumerate(blends):
            gains[at] += _gain(blend.logits(followed, taste, times), truths)
    return blends[int(gains.argmax())]


def _scored(weights: Weights, split: Holdout) -> Iterator[tuple[Floats, Floats, Int32s, list[Int32s]]]:
    """In bounded memory: both scores, times had, and the hidden items of the test users."""
    rows = max(1, CELLS_AT_ONCE // weights.item_count)
    for first in range(0, len(split.test_users), rows):
        users = split.test_users[first : first + rows]
        followed, taste = weights.scores(split.shown, users)
        times = times_had(users, split.shown.starts, split.shown.items, weights.item_count)
        yield followed, taste, times, [np.unique(split.hidden.of(user)) for user in users]


def _gain(logits: Floats, truths: Sequence[Int32s]) -> float:
    gain = 0.0
    for row, truth in zip(logits, truths, strict=True):
        hit = np.isin(best(row, metrics.DEPTH), truth)
        gain += metrics.ndcg(hit, len(truth), metrics.DEPTH)
    return gain


def _repeats(weights: Weights, split: Holdout, taste_weight: float, sharpness: float) -> tuple[float, ...]:
    """For items had 0, 1, 2, and 3 or more times, what to add to their logits so that, over all test users, the
    probability that they get is the share that they have of the hidden items. New items are the reference, 0.
    """
    classes = np.arange(MOST_TIMES + 1)
    chances, shares, sizes = [], np.zeros(len(classes)), []
    for followed, taste, times, truths in _scored(weights, split):
        logits = blended(followed, taste, taste_weight, sharpness)
        probabilities = np.exp(logits - softmax_totals(logits)[:, None])
        chances.append(np.stack([np.where(times == each, probabilities, 0).sum(axis=1) for each in classes], axis=1))
        for row, truth in enumerate(truths):
            shares += np.bincount(times[row, truth], minlength=len(classes))
            sizes.append(len(truth))
    return calibrated(np.concatenate(chances), shares, np.array(sizes))


def calibrated(chances: Floats, shares: Floats, sizes: Int64s) -> tuple[float, ...]:
    """Offsets of the logits of classes of items, by iterative proportional fitting.

    ``chances`` (users x classes) has each class's probability without offsets, ``shares`` how many hidden items each
    class has, ``sizes`` how many each user has. A class of repeats in which no user has anything is treated as the
    nearest one in which somebody has.
    """
    possible = chances.sum(axis=0) > 0
    # Where everything hidden is a repeat, new items must stay possible: half a hit keeps them last instead of out.
    shares = np.maximum(shares, [0.5, *np.zeros(len(shares) - 1)])
    factors = np.where(possible & (shares > 0), 1.0, 0.0)
    for _ in range(CALIBRATION_ROUNDS):
        weighted = chances * factors
        expected = sizes @ (weighted / np.maximum(weighted.sum(axis=1, keepdims=True), SMALLEST))
        factors = np.divide(factors * shares, expected, out=np.zeros_like(factors), where=expected > 0)
        factors /= factors[0] or factors.max()
    repeats = [each for each in range(1, len(factors)) if possible[each]]
    for each in range(1, len(factors)):
        if repeats:
            factors[each] = factors[min(repeats, key=lambda other: abs(other - each))]
    factors[0] = 1.0
    with np.errstate(divide="ignore"):
        return tuple(np.log(factors).tolist())
