"""Solution versions: trained with trainingMode FULL or UPDATE, and loaded again."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from include.local_personalize.engine import hrnn_coldstart, personalized_ranking, storage, variants
from include.local_personalize.engine.data import EventFilter, Training, TrainingData, TrainingError, check_minimums
from include.local_personalize.engine.histories import encode
from include.local_personalize.engine.next_best_action import next_best_action
from include.local_personalize.engine.personalization import user_personalization
from include.local_personalize.engine.popularity import popularity_count, trending_now
from include.local_personalize.engine.ranking import Model, Trained
from include.local_personalize.engine.related import similar_items, sims
from include.local_personalize.engine.segments import user_segments


class Family(Protocol):
    """A module that has one recipe, or several alike."""

    def train(self, training: Training) -> Trained:
        """Measure a model that has not seen the held-out interactions, and fit one to all of them."""
        ...

    def restored(self, header: dict[str, Any], arrays: storage.Arrays) -> Model:
        """The model that its ``save`` wrote; the header has its recipe."""
        ...


FAMILIES: dict[str, Family] = {
    "aws-user-personalization": user_personalization,
    "aws-user-personalization-v2": variants,
    "aws-hrnn": variants,
    "aws-hrnn-metadata": variants,
    "aws-hrnn-coldstart": hrnn_coldstart,
    "aws-personalized-ranking": personalized_ranking,
    "aws-personalized-ranking-v2": personalized_ranking,
    "aws-popularity-count": popularity_count,
    "aws-trending-now": trending_now,
    "aws-sims": sims,
    "aws-similar-items": similar_items,
    "aws-item-affinity": user_segments,
    "aws-item-attribute-affinity": user_segments,
    "aws-next-best-action": next_best_action,
}

UPDATES: dict[str, Callable[[Any, TrainingData], Model]] = {
    "aws-user-personalization": user_personalization.updated,
    "aws-user-personalization-v2": user_personalization.updated,
    "aws-hrnn-coldstart": user_personalization.updated,
    "aws-trending-now": trending_now.updated,
}
TAKE_NEWER_ALONE = ("aws-user-personalization", "aws-user-personalization-v2")


def train(
    recipe: str, solution_config: Mapping[str, Any], event_type: str | None, data: TrainingData, seed: int
) -> Trained:
    """Measure a model that has not seen the held-out interactions, and return one fitted to all of them.

    ``recipe`` and ``solution_config`` are such that check_solution_config finds no fault with them. Raises
    TrainingError, whose message is the version's failureReason, if there is too little data.
    """
    return FAMILIES[recipe].train(prepared(recipe, solution_config, event_type, data, seed))


def prepared(
    recipe: str, solution_config: Mapping[str, Any], event_type: str | None, data: TrainingData, seed: int
) -> Training:
    """What a family trains from; arguments and errors are those of ``train``."""
    events = EventFilter.of(event_type, solution_config)
    interactions = events.apply(data.interactions)
    histories = encode(interactions, rewards=events.rewards(interactions))
    check_minimums(histories, events)
    return Training(recipe, solution_config, events, data, interactions, histories, seed)


def update(model: Model, data: TrainingData) -> Model:
    """A model that has taken in today's data without training: by trainingMode UPDATE, or by itself as time goes on."""
    if model.recipe not in UPDATES:
        raise TrainingError(f"Create failed. {model.recipe} has no trainingMode UPDATE: train it with FULL.")
    return UPDATES[model.recipe](model, data)


def takes_newer_alone(model: Model) -> bool:
    """Whether ``update`` of the model may be given TrainingData of ``only_newer``."""
    return model.recipe in TAKE_NEWER_ALONE and getattr(model, "events", None) == EventFilter()


def load(folder: Path) -> Model:
    """The model that was saved to ``folder``; FileNotFoundError if there is none, or only a part of one."""
    header, arrays = storage.read(folder)
    return FAMILIES[header["recipe"]].restored(header, arrays)
