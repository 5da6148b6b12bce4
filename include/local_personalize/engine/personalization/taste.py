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

from include.local_personalize.engine.histories import Floats, Histories, Int32s, Int64s

HALF_LIFE = 30.0
NO_FADING = math.inf
ITERATIONS = 15
# Best or nearly so on MovieLens 100K, on a fifth of its events, on a fifth of its users, and on 12 events a user.
SHARE_OF_NOISE = 0.7
ITEMS_A_TILE = 4096

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


def fit(histories: Histories, factors: int, half_life: float, seed: int) -> Taste:
    """Factorise the confidences of all users."""
    confidences = csr_matrix(
        # Copies: sum_duplicates sorts in place, which would destroy the order of events.
        ((0.5 ** (histories.ages / half_life)).astype(np.float32), histories.items.copy(), histories.starts.copy()),
        shape=(len(histories.user_ids), len(histories.item_ids)),
    )
    confidences.sum_duplicates()
    regularisation = SHARE_OF_NOISE * _noise(confidences)
    # implicit runs a thread for each core; threads of BLAS beneath them would cost it a factor of ten.
    with threadpool_limits(1, "blas"):
        als = AlternatingLeastSquares(
            factors=factors, regularization=regularisation, alpha=1.0, iterations=ITERATIONS, random_state=seed
        )
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


def scores(taste: Taste, gram: Floats, users: Int64s, starts: Int64s, items: Int32s) -> Floats:
    """users x items, from the users' histories alone, so that users need not have been there at training."""
    tastes = _fold_in(users, starts, items, taste.factors, gram, taste.regularisation, taste.half_life)
    return _products(tastes, np.ascontiguousarray(taste.factors.T))


@numba.njit(nogil=True, cache=True)
def _fold_in(
    users: Int64s,
    starts: Int64s,
    items: Int32s,
    factors: Float32s,
    gram: Floats,
    regularisation: float,
    half_life: float,
) -> Floats:
    """The half step of the training that is about one user, solved exactly: (Y'Y + Y'(C - I)Y + rI) x = Y'c."""
    count, width = factors.shape
    tastes = np.zeros((len(users), width))
    confidence = np.zeros(count)
    for row in range(len(users)):
        first, end = starts[users[row]], starts[users[row] + 1]
        for event in range(first, end):
            if items[event] < count:
                confidence[items[event]] += 0.5 ** ((end - 1 - event) / half_life)
        left = gram + regularisation * np.eye(width)
        right = np.zeros(width)
        for event in range(first, end):
            item = items[event]
            if item >= count or confidence[item] == 0.0:
                continue
            for i in range(width):
                right[i] += confidence[item] * factors[item, i]
                scaled = (confidence[item] - 1.0) * factors[item, i]
                for j in range(width):
                    left[i, j] += scaled * factors[item, j]
            confidence[item] = 0.0
        tastes[row] = np.linalg.solve(left, right)
    return tastes


@numba.njit(nogil=True, cache=True)
def _products(tastes: Floats, by_factor: Float32s) -> Floats:
    """tastes @ by_factor, adding in one order whatever the number of rows: a matrix product of BLAS rounds
    differently for one user than for many. Tiles of items stay in the processor's cache from user to user.
    """
    count = by_factor.shape[1]
    products = np.zeros((len(tastes), count))
    for tile in range(0, count, ITEMS_A_TILE):
        tile_end = min(tile + ITEMS_A_TILE, count)
        for row in range(len(tastes)):
            for factor in range(len(by_factor)):
                amount = tastes[row, factor]
                for item in range(tile, tile_end):
                    products[row, item] += amount * by_factor[factor, item]
    return products
