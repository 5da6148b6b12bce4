"""Choosing a blend on a validation split, for each dataset anew.

Nothing says beforehand how much taste adds to transitions, nor whether people come back to what they have had:
films are watched once, milk is bought every week, and a click is followed by the purchase of the same item.
"""

from itertools import product

import numpy as np

from include.local_personalize.engine import metrics
from include.local_personalize.engine.histories import Floats, Histories, Int32s, Int64s
from include.local_personalize.engine.holdout import Holdout
from include.local_personalize.engine.personalization.blend import Blend, blended, softmax_totals
from include.local_personalize.engine.personalization.candidates import MOST_TIMES, Candidates
from include.local_personalize.engine.personalization.weights import Weights
from include.local_personalize.engine.ranking import best

TASTE_WEIGHTS = (0.0, 0.5, 1.0)
# About what the likelihood of hidden items prefers. Without repeats, sharpness cannot change a ranking.
SHARPNESS = 0.5
# Lets repeats, once it is known how frequent they are, stand before new items that only score high.
SHARPNESS_FOR_REPEATS = 0.2
CALIBRATION_ROUNDS = 50
SMALLEST = np.finfo(np.float64).tiny


def search(weights: Weights, validation: Holdout) -> Blend:
    """The blend with the best mean NDCG@25 over the test users of a split whose ``shown`` part the weights were
    fitted to.
    """
    truths = [np.unique(validation.hidden.of(user)) for user in validation.test_users]
    repeated = any(
        np.isin(truth, validation.shown.of(user)).any()
        for truth, user in zip(truths, validation.test_users, strict=True)
    )
    sharpnesses = (SHARPNESS, SHARPNESS_FOR_REPEATS) if repeated else (SHARPNESS,)
    candidates = weights.candidates(*_events(validation.shown, validation.test_users))
    blends = [
        Blend(taste_weight, sharpness, _repeats(candidates, truths, taste_weight, sharpness))
        for taste_weight, sharpness in product(TASTE_WEIGHTS, sharpnesses)
    ]
    gains = [_gain(candidates, blend.logits(candidates), truths) for blend in blends]
    return blends[int(np.argmax(gains))]


def _events(histories: Histories, users: Int64s) -> tuple[Int64s, Int32s]:
    """The starts and items of these users alone."""
    starts = np.concatenate(([0], np.cumsum(histories.lengths[users])))
    return starts, np.concatenate([histories.of(user) for user in users])


def _gain(candidates: Candidates, logits: Floats, truths: list[Int32s]) -> float:
    gain = 0.0
    for first, end, truth in zip(candidates.starts[:-1], candidates.starts[1:], truths, strict=True):
        top = candidates.items[first:end][best(logits[first:end], metrics.DEPTH)]
        gain += metrics.ndcg(np.isin(top, truth), len(truth), metrics.DEPTH)
    return gain


def _repeats(candidates: Candidates, truths: list[Int32s], taste_weight: float, sharpness: float) -> tuple[float, ...]:
    """For items had 0, 1, 2, and 3 or more times, what to add to their logits so that, over all test users, the
    probability that they get is the share that they have of the hidden items. New items are the reference, 0.
    """
    users = np.repeat(np.arange(len(truths)), np.diff(candidates.starts))
    logits = blended(candidates, taste_weight, sharpness)
    each = np.exp(logits - softmax_totals(candidates.starts, logits)[users])
    classes = MOST_TIMES + 1
    sums = np.bincount(users * classes + candidates.times, each, len(truths) * classes)
    chances = sums.astype(np.float64).reshape(-1, classes)
    shares = np.zeros(classes)
    for first, end, truth in zip(candidates.starts[:-1], candidates.starts[1:], truths, strict=True):
        known = np.isin(candidates.items[first:end], truth)
        shares += np.bincount(candidates.times[first:end][known], minlength=classes)
        # What is no candidate has not been had.
        shares[0] += len(truth) - np.count_nonzero(known)
    return calibrated(chances, shares, np.array([len(truth) for truth in truths]))


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
