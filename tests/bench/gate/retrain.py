"""One FULL version: trained by the local service's engine, its metrics, and its true quality on later interactions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from include.local_personalize import engine
from include.local_personalize.engine import metrics
from include.local_personalize.engine.metrics import DEPTH
from tests.bench.gate.calendar import Events, Night, truths

RECIPE = "aws-user-personalization"
NO_EXPLORATION = engine.Exploration(weight=0)


@dataclass(frozen=True)
class Quality:
    """NDCG@25 and reciprocal rank of each asked user, on what the user did later."""

    users: np.ndarray
    ndcg: np.ndarray
    reciprocal_rank: np.ndarray


def trained(training: Events, config: Mapping[str, Any], seed: int) -> engine.Trained:
    """Train as the service does: the same call, with a solution version's seed."""
    return engine.train(RECIPE, config, None, engine.TrainingData(training.table(), None, None), seed)


def asked(night: Night, most: int, seed: int) -> np.ndarray:
    """The users of the large holdout: those who came back, at most so many, drawn at random."""
    users = np.unique(night.later.users)
    return np.sort(np.random.default_rng(seed).permutation(users)[:most])


def quality(model: engine.Model, night: Night, users: np.ndarray) -> Quality:
    """How good a model's answers are to what the users did in the weeks after a night."""
    later = truths(night.later)
    queries = [engine.Query(user_id=f"u{user}", num_results=DEPTH, exploration=NO_EXPLORATION) for user in users]
    hit = np.zeros((len(users), DEPTH), np.bool_)
    for row, ranking, user in zip(hit, model.answer_many(queries), users.tolist(), strict=True):
        row[: len(ranking.items)] = metrics.hits(ranking.items, {f"i{item}" for item in later[user]})
    sizes = np.array([len(later[user]) for user in users.tolist()])
    return Quality(users, metrics.ndcgs(hit, sizes, DEPTH), metrics.reciprocal_ranks(hit))
