"""How much each user is drawn to items: by what users go on to, by taste, and by what they have had.

One item and all items with an attribute are the same question: how much is each user drawn to any of these?
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from implicit.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

from include.local_personalize.engine import storage
from include.local_personalize.engine.histories import Histories, Int32s
from include.local_personalize.engine.personalization import taste, transitions
from include.local_personalize.engine.personalization.taste import Float32s

NEWEST_EVENTS = 32
AT_ONCE = 16  # questions, so that large matrices are read through less often
MATRICES = ("attention", "followers", "had")
PARTS = ("data", "indices", "indptr")


@dataclass(frozen=True)
class Affinity:
    """``tastes`` (users x factors) and ``factors`` (items x factors) multiply to how much a user likes an item.

    ``attention`` (users x items) has how much of a user's newest events an item has, the newer the more, and
    ``followers`` (items x items) how strongly an item is followed by another. ``had`` (items x users) has who has ever
    had an item; it is None where that is not asked about.
    """

    tastes: Float32s
    factors: Float32s
    attention: csr_matrix
    followers: csr_matrix
    had: csr_matrix | None

    def signals(self, questions: Sequence[Int32s]) -> Iterator[Float32s]:
        """For each question, the items that it is about, 3 x users: what they go on to, taste, and what they have had
        of these items, each with mean 0 and deviation 1 over the users.

        With ``had``, the third is instead 1 for a user who has had any of the items and 0 for the others, since the few
        who had a rare item would outweigh everything.
        """
        for first in range(0, len(questions), AT_ONCE):
            chunk = questions[first : first + AT_ONCE]
            asked = np.zeros((len(self.factors), len(chunk)), np.float32)
            for column, items in enumerate(chunk):
                asked[items, column] = 1.0
            followed = self.attention @ (self.followers @ asked)
            had = self.attention @ asked if self.had is None else _owners(self.had, chunk)
            for column, items in enumerate(chunk):
                liked = self.tastes @ self.factors[items].sum(axis=0)
                third = _standardised(had[:, column]) if self.had is None else had[:, column]
                yield np.stack([_standardised(followed[:, column]), _standardised(liked), third])


def _owners(had: csr_matrix, questions: Sequence[Int32s]) -> Float32s:
    owners = np.zeros((had.shape[1], len(questions)), np.float32)
    for column, items in enumerate(questions):
        owners[had[items].indices, column] = 1.0
    return owners


def _standardised(scores: Float32s) -> Float32s:
    mean, deviation = scores.mean(dtype=np.float64), scores.std(dtype=np.float64)
    if not deviation:
        return np.zeros_like(scores)
    standardised: Float32s = ((scores - mean) / deviation).astype(np.float32)
    return standardised


def fit(histories: Histories, factors: int, seed: int, with_had: bool, start: taste.Taste | None = None) -> Affinity:
    """Learn from all histories; ``start`` is a taste of nearly the same events, which saves time."""
    fitted = taste.fit(histories, factors, taste.HALF_LIFE, seed, start)
    learnt = transitions.fit(histories)
    count = len(histories.item_ids)
    known = learnt.neighbours >= 0
    starts = np.concatenate(([0], np.cumsum(known.sum(axis=1))))
    followers = csr_matrix((learnt.weights[known], learnt.neighbours[known], starts), shape=(count, count))
    return Affinity(
        tastes_of_users(histories, fitted, seed),
        fitted.factors,
        _attention(histories),
        followers,
        _had(histories) if with_had else None,
    )


def tastes_of_users(histories: Histories, fitted: taste.Taste, seed: int) -> Float32s:
    """The half step of alternating least squares that is about users, for all of them at once."""
    faded = (0.5 ** (histories.ages / fitted.half_life)).astype(np.float32)
    shape = (len(histories.user_ids), fitted.factors.shape[1])
    # implicit runs a thread for each core; threads of BLAS beneath them would cost it a factor of ten.
    with threadpool_limits(1, "blas"):
        als = AlternatingLeastSquares(
            factors=shape[1], regularization=fitted.regularisation, alpha=1.0, iterations=1, random_state=seed
        )
        als.item_factors = fitted.factors.copy()
        als.user_factors = np.zeros(shape, np.float32)
        als.fit(histories.summed(faded), show_progress=False)
    tastes: Float32s = als.user_factors
    return tastes


def _attention(histories: Histories) -> csr_matrix:
    ages = histories.ages
    newest = ages < NEWEST_EVENTS
    recency = transitions.recency(NEWEST_EVENTS, fading=True)
    attention = histories.where(newest).summed(recency[ages[newest]].astype(np.float32))
    # Users count alike, however long their histories are.
    totals = np.maximum(np.asarray(attention.sum(axis=1)).ravel(), np.finfo(np.float32).tiny)
    attention.data /= np.repeat(totals, np.diff(attention.indptr)).astype(np.float32)
    return attention


def _had(histories: Histories) -> csr_matrix:
    had = histories.summed(np.ones(len(histories.items), np.float32))
    return had.T.tocsr()


def arrays_of(affinity: Affinity) -> dict[str, npt.NDArray[Any]]:
    """What is saved of it."""
    arrays: dict[str, npt.NDArray[Any]] = {"tastes": affinity.tastes, "factors": affinity.factors}
    for name in MATRICES:
        matrix = getattr(affinity, name)
        if matrix is not None:
            arrays |= {f"{name}_{part}": getattr(matrix, part) for part in PARTS}
    return arrays


def restored(arrays: storage.Arrays) -> Affinity:
    """What ``arrays_of`` gave."""
    users, items = len(arrays["tastes"]), len(arrays["factors"])
    shapes = {"attention": (users, items), "followers": (items, items), "had": (items, users)}
    matrices = {
        name: csr_matrix(tuple(arrays[f"{name}_{part}"] for part in PARTS), shape=shape)
        for name, shape in shapes.items()
        if f"{name}_data" in arrays
    }
    return Affinity(
        arrays["tastes"], arrays["factors"], matrices["attention"], matrices["followers"], matrices.get("had")
    )
