"""What aws-user-personalization is compared with: popularity, and four models of libraries at their own settings.

Each sees the same histories, leaves out what a user has had, and gives the numbers of 25 items for each test user.
"""

import warnings
from collections.abc import Callable

import cornac
import numpy as np
from implicit.als import AlternatingLeastSquares
from implicit.bpr import BayesianPersonalizedRanking
from implicit.nearest_neighbours import CosineRecommender
from implicit.recommender_base import RecommenderBase
from implicit.utils import ParameterWarning
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from include.local_personalize.engine import metrics
from include.local_personalize.engine.histories import Histories
from include.local_personalize.engine.holdout import Holdout

Top = np.ndarray  # test users x items, best first
Rival = Callable[[Holdout, int], Top]


def popularity(split: Holdout, seed: int) -> Top:  # noqa: ARG001 (the same with every seed)
    """The most frequent items."""
    counts = np.bincount(split.shown.items, minlength=len(split.shown.item_ids))
    return _top(split, np.tile(counts.astype(np.float64), (len(split.test_users), 1)))


def cosine(split: Holdout, seed: int) -> Top:  # noqa: ARG001 (the same with every seed)
    """Item-item cosine with 20 neighbours, as implicit has it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ParameterWarning)  # it hands its own matrix to itself in another format
        return _recommended(lambda: CosineRecommender(K=20), split)


def bpr(split: Holdout, seed: int) -> Top:
    """Bayesian personalised ranking, as implicit has it, with 64 factors."""
    return _recommended(lambda: BayesianPersonalizedRanking(factors=64, random_state=seed), split)


def als(split: Holdout, seed: int) -> Top:
    """Alternating least squares, as implicit has it, with 64 factors."""
    return _recommended(lambda: AlternatingLeastSquares(factors=64, random_state=seed), split)


def ease(split: Holdout, seed: int) -> Top:
    """EASE, as cornac has it."""
    had = _had(split.shown)
    # cornac numbers users and items in the order in which they appear, so it is given numbers that appear in order.
    triples = [(str(user), str(item), 1.0) for user, item in zip(*had.nonzero(), strict=True)]
    known = cornac.data.Dataset.from_uir(triples)
    model = cornac.models.EASE(verbose=False, seed=seed).fit(known)
    scores = np.full((len(split.test_users), had.shape[1]), -np.inf)
    columns = np.array([known.iid_map.get(str(item), -1) for item in range(had.shape[1])])
    for row, user in zip(scores, split.test_users, strict=True):
        row[columns >= 0] = model.score(known.uid_map[str(user)])[0, columns[columns >= 0]]
    return _top(split, scores)


RIVALS: dict[str, Rival] = {
    "popularity, new items only": popularity,
    "item-item cosine (implicit)": cosine,
    "BPR 64 (implicit)": bpr,
    "ALS 64 (implicit)": als,
    "EASE (cornac)": ease,
}


def _recommended(made: Callable[[], RecommenderBase], split: Holdout) -> Top:
    had = _had(split.shown)
    with threadpool_limits(1, "blas"):
        model = made()
        model.fit(had, show_progress=False)
        top, _ = model.recommend(
            split.test_users, had[split.test_users], metrics.DEPTH, filter_already_liked_items=True
        )
    return top


def _top(split: Holdout, scores: np.ndarray) -> Top:
    for row, user in zip(scores, split.test_users, strict=True):
        row[split.shown.of(user)] = -np.inf
    return np.argsort(-scores, axis=1, kind="stable")[:, : metrics.DEPTH]


def _had(histories: Histories) -> csr_matrix:
    shape = (len(histories.user_ids), len(histories.item_ids))
    had = csr_matrix((np.ones(len(histories.items), np.float32), (histories.users, histories.items)), shape)
    had.data[:] = 1
    return had
