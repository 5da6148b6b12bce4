"""aws-sims: what the people who had this item had too. It knows no metadata, and nothing of events put since."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from include.local_personalize.engine import storage
from include.local_personalize.engine.catalogue import CATALOGUE
from include.local_personalize.engine.data import Training
from include.local_personalize.engine.evaluation import measured_by_item
from include.local_personalize.engine.histories import Bools, Histories, Int32s, Int64s
from include.local_personalize.engine.holdout import hold_out
from include.local_personalize.engine.popularity.popularity_count import PopularityCount
from include.local_personalize.engine.query import Query
from include.local_personalize.engine.ranking import Ranking, Trained
from include.local_personalize.engine.related import cointeractions


@dataclass(frozen=True)
class Hyperparameters:
    """The documented ones. Users and items with fewer or more interactions than the percentiles do not train."""

    popularity_discount_factor: float
    min_cointeraction_count: int
    min_user_history_length_percentile: float
    max_user_history_length_percentile: float
    min_item_interaction_count_percentile: float
    max_item_interaction_count_percentile: float

    @classmethod
    def of(cls, solution_config: Mapping[str, Any]) -> "Hyperparameters":
        """From a solutionConfig without faults, whose values are strings."""
        recipe = CATALOGUE[Sims.recipe]
        given: dict[str, str] = {
            **recipe.default_hyperparameters,
            **recipe.default_feature_transformation,
            **solution_config.get("algorithmHyperParameters", {}),
            **solution_config.get("featureTransformationParameters", {}),
        }
        count = int(given.pop("min_cointeraction_count"))
        return cls(min_cointeraction_count=count, **{name: float(value) for name, value in given.items()})

    def trainable(self, histories: Histories) -> Histories:
        """The events of the users and with the items that train."""
        of_users = _between(
            histories.lengths, self.min_user_history_length_percentile, self.max_user_history_length_percentile
        )
        of_items = _between(
            np.bincount(histories.items, minlength=len(histories.item_ids)),
            self.min_item_interaction_count_percentile,
            self.max_item_interaction_count_percentile,
        )
        return histories.where(np.repeat(of_users, histories.lengths) & of_items[histories.items])


def _between(counts: Int64s, least: float, most: float) -> Bools:
    fewest, largest = np.quantile(counts[counts > 0], (least, most))
    between: Bools = (counts >= fewest) & (counts <= largest)
    return between


@dataclass(frozen=True)
class Sims:
    """All items, most popular first, and for each one its neighbours, nearest first, padded with -1, by their
    numbers in that order.
    """

    recipe: ClassVar[str] = "aws-sims"

    item_ids: list[str]
    neighbours: Int32s

    @classmethod
    def fit(cls, histories: Histories, hyperparameters: Hyperparameters) -> "Sims":
        """From the histories that the hyperparameters admit; popularity counts all."""
        popular = PopularityCount.fit(histories).item_ids
        by_number = {item: number for number, item in enumerate(histories.item_ids)}
        numbers = np.array([by_number[item] for item in popular], np.int64)
        place = np.full(len(histories.item_ids) + 1, -1, np.int32)  # the last one is for the padding
        place[numbers] = np.arange(len(popular))
        nearest = cointeractions.neighbours(
            hyperparameters.trainable(histories),
            hyperparameters.popularity_discount_factor,
            hyperparameters.min_cointeraction_count,
        )
        return cls(popular, place[nearest[numbers]])

    def answer(self, query: Query) -> Ranking:
        """The item's neighbours, then popular items; items without neighbours get popular items alone."""
        near = self._neighbours_of(query.item_id)
        first = [item for item in near if item in query.allowed][: query.num_results]
        taken = {query.item_id, *near}
        rest = (item for item in self.item_ids if item not in taken and item in query.allowed)
        return Ranking([*first, *islice(rest, query.num_results - len(first))])

    def _neighbours_of(self, item_id: str) -> list[str]:
        number = self._numbers.get(item_id)
        if number is None:
            return []
        near = self.neighbours[number]
        return [self.item_ids[each] for each in near[near >= 0]]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {item: number for number, item in enumerate(self.item_ids)}

    def answer_many(self, queries: Sequence[Query]) -> Iterator[Ranking]:
        """See ``Model``."""
        return map(self.answer, queries)

    def save(self, folder: Path) -> None:
        """See ``Model``."""
        storage.write(folder, {"recipe": self.recipe, "item_ids": self.item_ids}, {"neighbours": self.neighbours})


def train(training: Training) -> Trained:
    """Measure on the held-out interactions, then train on all."""
    hyperparameters = Hyperparameters.of(training.config)
    split = hold_out(training.histories, training.seed)
    metrics = measured_by_item(Sims.fit(split.shown, hyperparameters), split, training.data)
    return Trained(Sims.fit(training.histories, hyperparameters), metrics)


def restored(header: dict[str, Any], arrays: storage.Arrays) -> Sims:
    """The model that ``save`` wrote."""
    return Sims(header["item_ids"], arrays["neighbours"])
