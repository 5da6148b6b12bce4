"""Offline metrics of a model that has not seen the held-out interactions."""

from collections.abc import Sequence

from include.local_personalize.engine import metrics
from include.local_personalize.engine.data import TrainingData
from include.local_personalize.engine.exploration import Exploration
from include.local_personalize.engine.holdout import Holdout
from include.local_personalize.engine.query import Query
from include.local_personalize.engine.ranking import Model

NO_EXPLORATION = Exploration(weight=0)


def measured_by_user(model: Model, split: Holdout, data: TrainingData) -> dict[str, float]:
    """The eight metrics of a model that is asked by user id, over the test users of a split."""
    queries = [
        Query(user_id=split.hidden.user_ids[user], num_results=metrics.DEPTH, exploration=NO_EXPLORATION)
        for user in split.test_users
    ]
    return _measured([ranking.items for ranking in model.answer_many(queries)], split, data)


def measured_by_item(model: Model, split: Holdout, data: TrainingData) -> dict[str, float]:
    """The eight metrics of a model that is asked by item id: each test user's last shown item asks for the hidden
    ones.
    """
    last = split.shown.items[split.shown.starts[split.test_users + 1] - 1]
    asked = sorted({int(item) for item in last})
    queries = [Query(item_id=split.shown.item_ids[item], num_results=metrics.DEPTH) for item in asked]
    related = dict(zip(asked, (ranking.items for ranking in model.answer_many(queries)), strict=True))
    return _measured([related[int(item)] for item in last], split, data)


def _measured(recommended: Sequence[Sequence[str]], split: Holdout, data: TrainingData) -> dict[str, float]:
    item_ids = split.hidden.item_ids
    hidden = [{item_ids[item] for item in split.hidden.of(user)} for user in split.test_users]
    catalogue = set(item_ids).union([] if data.items is None else data.items["ITEM_ID"].to_pylist())
    return metrics.offline_metrics(recommended, hidden, catalogue)
