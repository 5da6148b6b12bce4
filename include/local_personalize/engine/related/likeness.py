"""How alike two items are, by the histories that they stand in and by their metadata.

Each item has a vector of two parts. One says what people go on to from the item: its transitions, reduced to
item_id_hidden_dim directions. The other is its metadata, reduced to item_metadata_hidden_dim. The similarity of two
items is the inner product of their vectors. Where an item has no interactions, its metadata foretells the first part.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numba
import numpy as np
from scipy.sparse import csr_matrix

from include.local_personalize.engine import item_features, metrics
from include.local_personalize.engine.catalogue import CATALOGUE
from include.local_personalize.engine.cores import in_parts
from include.local_personalize.engine.data import Training
from include.local_personalize.engine.histories import Floats, Histories, Int32s, Int64s
from include.local_personalize.engine.holdout import hold_out
from include.local_personalize.engine.item_features import Float32s
from include.local_personalize.engine.personalization import transitions
from include.local_personalize.engine.ranking import best

METADATA_WEIGHTS = (0.0, 0.05, 0.1, 0.2, 0.4, 0.7)
POPULARITY_WEIGHTS = (0.0, 0.1, 0.2)
# Every validation user's item is compared with all items: the larger the catalogue, the fewer users.
VALIDATION_CELLS = 20_000_000
FEWEST_VALIDATION_USERS = 300
USERS_AT_ONCE = 32


@dataclass(frozen=True)
class Weights:
    """What metadata counts in a similarity in which both parts count 1 together, and what the popularity of the most
    popular item adds to its similarity with any other.
    """

    metadata: float
    popularity: float


@dataclass(frozen=True)
class Parts:
    """The two parts of the vectors of items, a row each."""

    by_histories: Float32s
    by_metadata: Float32s

    def joined(self, metadata_weight: float) -> Float32s:
        """Vectors whose inner products are those of the parts, weighed."""
        shares = np.sqrt(np.array([1 - metadata_weight, metadata_weight], np.float32))
        return np.hstack((shares[0] * self.by_histories, shares[1] * self.by_metadata))


@dataclass(frozen=True)
class Sight:
    """The items of the interactions, followed by those that have metadata alone, and what is seen of all of them
    whatever the histories.
    """

    item_ids: list[str]
    by_metadata: Float32s
    dimensions: int
    popularity_discount_factor: float
    seed: int

    @classmethod
    def of(cls, training: Training) -> "Sight":
        """From the columns and with the hyperparameters that the solutionConfig asks for."""
        given = CATALOGUE[training.recipe].default_hyperparameters | training.config.get("algorithmHyperParameters", {})
        items = training.data.items
        described = [] if items is None else items["ITEM_ID"].to_pylist()
        item_ids = [*training.histories.item_ids, *sorted(set(described).difference(training.histories.item_ids))]
        kinds = item_features.columns(training.data, training.config)
        features = item_features.features(items, kinds, item_ids)
        by_metadata = item_features.compressed(features, int(given["item_metadata_hidden_dim"]), training.seed)
        discount = float(given["popularity_discount_factor"])
        return cls(item_ids, by_metadata, int(given["item_id_hidden_dim"]), discount, training.seed)

    def parts(self, histories: Histories) -> Parts:
        """The vectors of all items, the first part learnt from these histories."""
        learnt = transitions.fit(histories)
        present = learnt.neighbours >= 0
        rows = np.nonzero(present)[0]
        # The root, because a few strong transitions would otherwise decide all directions.
        strengths = np.sqrt(learnt.weights[present], dtype=np.float64)
        shape = (len(histories.item_ids), len(histories.item_ids))
        followers = csr_matrix((strengths, (rows, learnt.neighbours[present])), shape)
        warm = np.zeros(len(self.item_ids), np.bool_)
        warm[rows] = True
        factors = item_features.compressed(followers, self.dimensions, self.seed)[warm[: shape[0]]]
        by_histories = item_features.foretold(self.by_metadata, factors, warm)
        by_histories[~warm & ~self.by_metadata.any(axis=1)] = 0
        return Parts(by_histories.astype(np.float32), self.by_metadata)


def popularity(counts: Int64s) -> Floats:
    """From 0 for an item without events to 1 for the most popular one, by the logarithm of its events."""
    shares: Floats = np.log1p(counts) / np.log1p(counts.max())
    return shares


def choose(sight: Sight, histories: Histories, seed: int) -> Weights:
    """The weights with the best mean NDCG@25 on a validation split, where each test user's last shown item asks for
    the hidden ones; of equals the smallest. The popularity_discount_factor takes its share of popularity.
    """
    eligible = np.count_nonzero(histories.lengths >= 2)
    users = max(FEWEST_VALIDATION_USERS, VALIDATION_CELLS // len(sight.item_ids))
    # Another draw than that of the test users, or the two splits would hold out the same people.
    split = hold_out(histories, seed + 1, min(1.0, users / eligible))
    parts = sight.parts(split.shown)
    liked = popularity(np.bincount(split.shown.items, minlength=len(sight.item_ids))).astype(np.float32)
    candidates = list(product(METADATA_WEIGHTS if sight.by_metadata.any() else (0.0,), POPULARITY_WEIGHTS))

    def gain(user: int) -> list[float]:
        asked = int(split.shown.of(user)[-1])
        by_histories = products(parts.by_histories[asked : asked + 1], parts.by_histories)[0]
        by_metadata = products(parts.by_metadata[asked : asked + 1], parts.by_metadata)[0]
        by_histories[asked] = -np.inf
        truth = np.unique(split.hidden.of(user))
        return [
            _ndcg((1 - metadata) * by_histories + metadata * by_metadata + popular * liked, truth)
            for metadata, popular in candidates
        ]

    def gains(users: Sequence[int]) -> list[list[float]]:
        return [gain(user) for user in users]

    total = np.sum(list(in_parts(gains, split.test_users.tolist(), USERS_AT_ONCE)), axis=0)
    metadata, popular = candidates[int(total.argmax())]
    return Weights(metadata, popular * (1 - sight.popularity_discount_factor))


def _ndcg(similarities: Float32s, truth: Int32s) -> float:
    hit = np.isin(best(similarities.astype(np.float64), metrics.DEPTH), truth)
    return metrics.ndcg(hit, len(truth), metrics.DEPTH)


# Sums in the order that is fastest, which is the same for every item; a matrix product of BLAS rounds differently for
# one item asked than for many.
@numba.njit(nogil=True, cache=True, fastmath={"reassoc", "contract"})
def products(asked: Float32s, vectors: Float32s) -> Float32s:
    """The inner product of each vector asked with each of ``vectors``: asked x vectors."""
    total = np.empty((len(asked), len(vectors)), np.float32)
    for item in range(len(vectors)):
        for row in range(len(asked)):
            product = np.float32(0.0)
            for dimension in range(vectors.shape[1]):
                product += asked[row, dimension] * vectors[item, dimension]
            total[row, item] = product
    return total
