"""Offline metrics of a model that has not seen the held-out interactions."""

from collections.abc import Mapping, Sequence

import numpy as np

from include.local_personalize.engine import metrics
from include.local_personalize.engine.data import TrainingData
from include.local_personalize.engine.exploration import Exploration
from include.local_personalize.engine.histories import Histories
from include.local_personalize.engine.holdout import Holdout
from include.local_personalize.engine.query import Query
from include.local_personalize.engine.ranking import Model

NO_EXPLORATION = Exploration(weight=0)


def recommended_by_user(model: Model, split: Holdout, count: int) -> list[list[str]]:
    """What a model that is asked by user id gives the test users of a split, without exploration."""
    queries = [
        Query(user_id=split.hidden.user_ids[user], num_results=count, exploration=NO_EXPLORATION)
        for user in split.test_users
    ]
    return [ranking.items for ranking in model.answer_many(queries)]


def measured_by_user(
    model: Model, split: Holdout, data: TrainingData, objective: Mapping[str, float] | None = None
) -> dict[str, float]:
    """The metrics of a model that is asked by user id, over the test users of a split: the eight, those with event
    weights where not all events count alike, and average_rewards_at_k with ``objective``, the value of each item.
    """
    # Of no more than k items, average_rewards_at_k would be 1 by definition.
    depth = 2 * metrics.DEPTH if objective else metrics.DEPTH
    recommended = recommended_by_user(model, split, depth)
    first = [items[: metrics.DEPTH] for items in recommended]
    measured = _measured(first, split, data) | _measured_by_event(first, split)
    return measured | _measured_by_objective(recommended, split, objective) if objective else measured


def _measured_by_event(recommended: Sequence[Sequence[str]], split: Holdout) -> dict[str, float]:
    """NDCG in which each hidden item counts what the event does that hid it; empty where all events count alike."""
    if split.hidden.rewards is None:
        return {}
    rewards = [_rewards(split.hidden, user) for user in split.test_users]
    return {
        f"normalized_discounted_cumulative_gain_with_event_weights_at_{k}": round(
            float(np.mean([metrics.ndcg_with_rewards(*each, k) for each in zip(recommended, rewards, strict=True)])),
            metrics.DECIMALS,
        )
        for k in (5, 10, metrics.DEPTH)
    }


def _rewards(hidden: Histories, user: int) -> dict[str, float]:
    events = slice(hidden.starts[user], hidden.starts[user + 1])
    rewards: dict[str, float] = {}
    counted = np.ones(len(hidden.items)) if hidden.rewards is None else hidden.rewards
    for item, reward in zip(hidden.items[events], counted[events], strict=True):
        rewards[hidden.item_ids[item]] = max(float(reward), rewards.get(hidden.item_ids[item], 0.0))
    return rewards


def _measured_by_objective(
    recommended: Sequence[Sequence[str]], split: Holdout, values: Mapping[str, float]
) -> dict[str, float]:
    """average_rewards_at_k: ``values`` has the objective of each item, brought here to 0 for the least to 1 for the
    most. More items are recommended than k.
    """
    least, most = min(values.values()), max(values.values())
    spread = (most - least) or 1.0
    reward = {item: (values.get(item, least) - least) / spread for item in split.hidden.item_ids}
    hidden = [{split.hidden.item_ids[item] for item in split.hidden.of(user)} for user in split.test_users]
    return {"average_rewards_at_k": round(metrics.average_rewards(recommended, hidden, reward), metrics.DECIMALS)}


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
