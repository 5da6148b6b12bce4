"""Offline metrics of a model that has not seen the held-out interactions."""

from include.local_personalize.engine import metrics
from include.local_personalize.engine.data import TrainingData
from include.local_personalize.engine.exploration import Exploration
from include.local_personalize.engine.holdout import Holdout
from include.local_personalize.engine.query import Query
from include.local_personalize.engine.ranking import Model

NO_EXPLORATION = Exploration(weight=0)


def measured_by_user(model: Model, split: Holdout, data: TrainingData) -> dict[str, float]:
    """The eight metrics of a model that is asked by user id, over the test users of a split."""
    item_ids = split.hidden.item_ids
    queries = [
        Query(user_id=split.hidden.user_ids[user], num_results=metrics.DEPTH, exploration=NO_EXPLORATION)
        for user in split.test_users
    ]
    hidden = [{item_ids[item] for item in split.hidden.of(user)} for user in split.test_users]
    catalogue = set(item_ids).union([] if data.items is None else data.items["ITEM_ID"].to_pylist())
    return metrics.offline_metrics([ranking.items for ranking in model.answer_many(queries)], hidden, catalogue)
