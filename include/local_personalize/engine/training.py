"""Solution versions: trained with trainingMode FULL or UPDATE, and loaded again."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from include.local_personalize.engine import metrics, storage, user_personalization
from include.local_personalize.engine.data import EventFilter, TrainingData, TrainingError, check_minimums
from include.local_personalize.engine.exploration import ColdItems, Exploration, cold_items
from include.local_personalize.engine.histories import Histories, encode
from include.local_personalize.engine.holdout import Holdout, hold_out
from include.local_personalize.engine.hyperparameters import Hyperparameters
from include.local_personalize.engine.popularity_count import PopularityCount
from include.local_personalize.engine.ranking import Model, Trained
from include.local_personalize.engine.user_personalization import UserPersonalization

NO_EXPLORATION = Exploration(weight=0)

Fit = Callable[[Histories], Model]


def train(
    recipe: str, solution_config: Mapping[str, Any], event_type: str | None, data: TrainingData, seed: int
) -> Trained:
    """Measure a model that has not seen the held-out interactions, and return one fitted to all of them.

    ``recipe`` and ``solution_config`` are such that check_solution_config finds no fault with them. Raises
    TrainingError, whose message is the version's failureReason, if there is too little data.
    """
    threshold = solution_config.get("eventValueThreshold")
    events = EventFilter(event_type, None if threshold is None else float(threshold))
    histories = encode(events.apply(data.interactions))
    check_minimums(histories, events)
    split = hold_out(histories, seed)
    cold = cold_items(histories.item_ids, data.interactions, data.items)
    fit = _prepared(recipe, solution_config, events, split.shown, cold, seed)
    return Trained(fit(histories), _measured(fit(split.shown), split, data))


def update(model: Model, data: TrainingData) -> Model:
    """The same weights over all of today's histories; items that they do not know are candidates for
    exploration.
    """
    if not isinstance(model, UserPersonalization):
        raise TrainingError(f"Create failed. {model.recipe} has no trainingMode UPDATE: train it with FULL.")
    warm = model.histories.item_ids[: model.weights.item_count]
    return replace(
        model,
        histories=encode(model.events.apply(data.interactions), known_items=warm),
        cold=cold_items(warm, data.interactions, data.items),
    )


def load(folder: Path) -> Model:
    """The model that was saved to ``folder``; FileNotFoundError if there is none, or only a part of one."""
    header, arrays = storage.read(folder)
    recipe = header.pop("recipe")
    if recipe == PopularityCount.recipe:
        return PopularityCount.restored(header, arrays)
    return UserPersonalization.restored(header, arrays)


def _prepared(
    recipe: str, config: Mapping[str, Any], events: EventFilter, shown: Histories, cold: ColdItems, seed: int
) -> Fit:
    """How to fit the recipe, with what has to be learnt about the dataset first learnt from ``shown``."""
    if recipe == PopularityCount.recipe:
        return PopularityCount.fit
    hyperparameters = Hyperparameters.of(config)
    blend = user_personalization.choose_blend(shown, hyperparameters, seed)
    return lambda histories: user_personalization.fit(histories, hyperparameters, blend, seed, cold, events)


def _measured(model: Model, split: Holdout, data: TrainingData) -> dict[str, float]:
    item_ids = split.hidden.item_ids
    rankings = model.recommend_many(
        [split.hidden.user_ids[user] for user in split.test_users], metrics.DEPTH, NO_EXPLORATION
    )
    hidden = [{item_ids[item] for item in split.hidden.of(user)} for user in split.test_users]
    catalogue = set(item_ids).union([] if data.items is None else data.items["ITEM_ID"].to_pylist())
    return metrics.offline_metrics([ranking.items for ranking in rankings], hidden, catalogue)
