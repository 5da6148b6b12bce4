"""Taste: implicit alternating least squares, with confidence that fades as events age.

Hu, Koren and Volinsky, Collaborative Filtering for Implicit Feedback Datasets (2008). The confidence of an item
in a user's history is the sum over its events of 2 ** (-age / half life), where age counts the later events of
that user.
"""

import math
from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt
from implicit.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

from include.local_personalize.engine.histories import Floats, Histories, Int32s

HALF_LIFE = 30.0
NO_FADING = math.inf
ITERATIONS = 15
FURTHER_ITERATIONS = 3  # where the factors of nearly the same events are there to start from
# Best or nearly so on MovieLens 100K, on a fifth of its events, on a fifth of its users, and on 12 events a user.
SHARE_OF_NOISE = 0.7
# Of more events, whole users are drawn until there are so many: who is left out is scored by the same item factors.
MOST_EVENTS = 3_000_000

Float32s = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Taste:
    """Item factors (items x factors), with the regularisation and the half life that they were fitted with."""

    factors: Float32s
    regularisation: float
    half_life: float

    def gram(self) -> Floats:
        """Factors x factors: what every user's taste is solved against."""
        factors = self.factors.astype(np.float64)
        return factors.T @ factors


def fit(histories: Histories, factors: int, half_life: float, seed: int, start: Taste | None = None) -> Taste:
    """Factorise the confidences of all users, or of as many as have MOST_EVENTS; ``start`` is a taste of nearly the
    same events, which takes fewer iterations.
    """
    histories = histories.drawn(MOST_EVENTS, seed)
    fading = 0.5 ** (histories.ages / half_life)
    confidences = histories.summed(histories.counting(fading).astype(np.float32))
    regularisation = SHARE_OF_NOISE * _noise(confidences)
    # implicit runs a thread for each core; threads of BLAS beneath them would cost it a factor of ten.
    with threadpool_limits(1, "blas"):
        als = AlternatingLeastSquares(
            factors=factors,
            regularization=regularisation,
            alpha=1.0,
            iterations=FURTHER_ITERATIONS if start else ITERATIONS,
            random_state=seed,
        )
        if start:
            als.item_factors = start.factors.copy()
        als.fit(confidences, show_progress=False)
    return Taste(als.item_factors, regularisation, half_life)


def _noise(confidences: csr_matrix) -> float:
    """About the largest singular value that chance alone gives such a matrix: the root of the mean energy of
    its rows plus that of its columns (Marchenko and Pastur). Weaker tastes cannot be told from chance, however
    large the dataset.
    """
    energy = float(np.square(confidences.data).sum())
    rows = np.count_nonzero(np.diff(confidences.indptr))
    columns = len(np.unique(confidences.indices))
    return math.sqrt(energy / rows) + math.sqrt(energy / columns)


@numba.njit(nogil=True, cache=True)
def fold_in(
    items: Int32s, confidences: Floats, factors: Float32s, gram: Floats, regularisation: float, left: Floats
) -> Floats:
    """A user's taste, from the different items of the user's history and the confidence in each: the half step of
    the training that is about one user, solved exactly: (Y'Y + Y'(C - I)Y + rI) x = Y'c.

    ``left`` is factors x factors of scratch. A user need not have been there at training.
    """
    width = len(gram)
    for i in range(width):
        for j in range(i + 1):
            left[i, j] = gram[i, j]
        left[i, i] += regularisation
    taste = np.zeros(width)
    for at in range(len(items)):
        vector, confidence = factors[items[at]], confidences[at]
        for i in range(width):
            taste[i] += confidence * vector[i]
            scaled = (confidence - 1.0) * vector[i]
            for j in range(i + 1):
                left[i, j] += scaled * vector[j]
    _solve(left, taste)
    return taste


@numba.njit(nogil=True, cache=True)
def _solve(left: Floats, right: Floats) -> None:
    """In place, by Cholesky's decomposition of the lower triangle: ``left`` is symmetric and positive definite."""
    width = len(left)
    for j in range(width):
        left[j, j] = np.sqrt(left[j, j])
        for i in range(j + 1, width):
            left[i, j] /= left[j, j]
        for i in range(j + 1, width):
            factor = left[i, j]
            for k in range(j + 1, i + 1):
                left[i, k] -= factor * left[k, j]
    for i in range(width):
        for k in range(i):
            right[i] -= left[i, k] * right[k]
        right[i] /= left[i, i]
    for i in range(width - 1, -1, -1):
        right[i] /= left[i, i]
        for k in range(i):
            right[k] -= left[i, k] * right[i]
