"""aws-user-personalization: where people go on to from what they just did, blended with their taste, and new
items explored.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from include.local_personalize.engine import storage
from include.local_personalize.engine.data import EventFilter, Training, TrainingData
from include.local_personalize.engine.evaluation import measured_by_user
from include.local_personalize.engine.exploration import ColdItems, cold_items, interleaved, slots
from include.local_personalize.engine.histories import Floats, Histories, Int64s, encode
from include.local_personalize.engine.holdout import hold_out
from include.local_personalize.engine.personalization import blend_search, weights
from include.local_personalize.engine.personalization.blend import Blend, softmax_totals, times_had
from include.local_personalize.engine.personalization.hyperparameters import Hyperparameters
from include.local_personalize.engine.personalization.taste import Taste
from include.local_personalize.engine.personalization.transitions import Transitions
from include.local_personalize.engine.personalization.weights import Weights
from include.local_personalize.engine.query import Query
from include.local_personalize.engine.ranking import Ranking, Trained, best

# Choosing a blend scores every item for every validation user several times: the larger the catalogue, the fewer users.
VALIDATION_CELLS = 10_000_000
FEWEST_VALIDATION_USERS = 500
CELLS_AT_ONCE = 1_000_000
MOST_USERS_AT_ONCE = 256


@dataclass(frozen=True)
class UserPersonalization:
    """Weights, and the histories to apply them to. Items of the histories that the weights do not know come
    last in numbering.
    """

    recipe: ClassVar[str] = "aws-user-personalization"

    weights: Weights
    blend: Blend
    histories: Histories
    cold: ColdItems
    events: EventFilter
    seed: int

    def answer(self, query: Query) -> Ranking:
        """See ``Model``."""
        return self._rankings([query])[0]

    def answer_many(self, queries: Sequence[Query]) -> Iterator[Ranking]:
        """See ``Model``."""
        rows = min(MOST_USERS_AT_ONCE, max(1, CELLS_AT_ONCE // self.weights.item_count))
        parts = (queries[first : first + rows] for first in range(0, len(queries), rows))
        threads = os.cpu_count() or 1
        with ThreadPoolExecutor(threads) as pool:
            # Only as many parts as threads at a time: the pool would otherwise finish all before the first is taken.
            while some := list(islice(parts, threads)):
                yield from chain.from_iterable(pool.map(self._rankings, some))

    def _rankings(self, queries: Sequence[Query]) -> list[Ranking]:
        numbers = np.array([self._numbers.get(query.user_id, -1) for query in queries], np.int64)
        known = np.flatnonzero(numbers >= 0)
        logits = np.tile(self._popularity, (len(queries), 1))
        logits[known] = self._logits(numbers[known])
        totals = softmax_totals(logits)
        return [self._ranking(query, row, total) for query, row, total in zip(queries, logits, totals, strict=True)]

    def _logits(self, users: Int64s) -> Floats:
        followed, taste = self.weights.scores(self.histories, users)
        times = times_had(users, self.histories.starts, self.histories.items, self.weights.item_count)
        return self.blend.logits(followed, taste, times)

    def _ranking(self, query: Query, logits: Floats, total: float) -> Ranking:
        young = [item for item in self.cold.young(query.exploration) if item in query.allowed]
        if query.allowed.ids:
            logits = np.where([item in query.allowed for item in self._warm_ids], logits, -np.inf)
        positions, new_items = slots(
            self._untouched(query.user_id, young), query.exploration.weight, query.user_id, self.seed
        )
        num_results = query.num_results
        reach = max(num_results, int(positions[-1]) + 1) if len(positions) else num_results
        order = best(logits, reach)
        items = [self.histories.item_ids[item] for item in order]
        chances = np.exp(logits[order] - total)
        items, chances = interleaved(items, chances, positions, new_items, num_results)
        return Ranking(items, np.round(chances, 7).tolist())

    def _untouched(self, user_id: str, young: list[str]) -> list[str]:
        """Where items never come back, a new item that the user has found already is no longer new to that user."""
        user = self._numbers.get(user_id)
        if user is None or not young or np.isfinite(self.blend.repeats[1]):
            return young
        had = self.histories.of(user)
        found = {self.histories.item_ids[item] for item in had[had >= self.weights.item_count]}
        return [item for item in young if item not in found] if found else young

    @cached_property
    def _numbers(self) -> dict[str, int]:
        """The users with an event that the weights know."""
        users = np.unique(self.histories.users[self.histories.items < self.weights.item_count])
        return {self.histories.user_ids[user]: int(user) for user in users}

    @property
    def _warm_ids(self) -> list[str]:
        return self.histories.item_ids[: self.weights.item_count]

    @cached_property
    def _popularity(self) -> Floats:
        with np.errstate(divide="ignore"):
            return np.log(self.weights.popularity)

    def save(self, folder: Path) -> None:
        """See ``Model``."""
        taste = self.weights.taste
        storage.write(
            folder,
            header={
                "recipe": self.recipe,
                "blend": asdict(self.blend),
                "events": asdict(self.events),
                "seed": self.seed,
                "user_ids": self.histories.user_ids,
                "item_ids": self.histories.item_ids,
                "cold_item_ids": self.cold.item_ids,
                "latest_interaction": self.cold.latest_interaction,
                "taste": {"regularisation": taste.regularisation, "half_life": taste.half_life} if taste else None,
            },
            arrays={
                "starts": self.histories.starts,
                "items": self.histories.items,
                "times": self.histories.times,
                "cold_created": self.cold.created,
                "neighbours": self.weights.transitions.neighbours,
                "neighbour_weights": self.weights.transitions.weights,
                "popularity": self.weights.popularity,
                "recency": self.weights.recency,
                **({"factors": taste.factors} if taste else {}),
            },
        )


def restored(header: dict[str, Any], arrays: storage.Arrays) -> UserPersonalization:
    """The model that ``save`` wrote."""
    taste = Taste(arrays["factors"], **header["taste"]) if header["taste"] else None
    transitions = Transitions(arrays["neighbours"], arrays["neighbour_weights"])
    return UserPersonalization(
        Weights(transitions, taste, arrays["popularity"], arrays["recency"]),
        Blend(**header["blend"] | {"repeats": tuple(header["blend"]["repeats"])}),
        Histories(header["user_ids"], header["item_ids"], arrays["starts"], arrays["items"], arrays["times"]),
        ColdItems(header["cold_item_ids"], arrays["cold_created"], header["latest_interaction"]),
        EventFilter(**header["events"]),
        header["seed"],
    )


def train(training: Training) -> Trained:
    """Learn the blend from what is not held out, then the weights twice: to be measured, and to serve."""
    split = hold_out(training.histories, training.seed)
    cold = cold_items(training.histories.item_ids, training.data.interactions, training.data.items)
    hyperparameters = Hyperparameters.of(training.config)
    blend = choose_blend(split.shown, hyperparameters, training.seed)

    def fitted(histories: Histories) -> UserPersonalization:
        return fit(histories, hyperparameters, blend, training.seed, cold, training.events)

    return Trained(fitted(training.histories), measured_by_user(fitted(split.shown), split, training.data))


def updated(model: UserPersonalization, data: TrainingData) -> UserPersonalization:
    """The same weights over all of today's histories; items that they do not know are candidates for exploration."""
    warm = model.histories.item_ids[: model.weights.item_count]
    return replace(
        model,
        histories=encode(model.events.apply(data.interactions), known_items=warm),
        cold=cold_items(warm, data.interactions, data.items),
    )


def choose_blend(histories: Histories, hyperparameters: Hyperparameters, seed: int) -> Blend:
    """Learn the blend on a validation split of ``histories``."""
    eligible = np.count_nonzero(histories.lengths >= 2)
    # Another draw than that of the test users, or the two splits would hold out the same people.
    users = max(FEWEST_VALIDATION_USERS, VALIDATION_CELLS // len(histories.item_ids))
    validation = hold_out(histories, seed + 1, min(1.0, users / eligible))
    return blend_search.search(weights.fit(validation.shown, hyperparameters, seed), validation)


def fit(
    histories: Histories,
    hyperparameters: Hyperparameters,
    blend: Blend,
    seed: int,
    cold: ColdItems,
    events: EventFilter,
) -> UserPersonalization:
    """Learn the weights from ``histories``, which ``events`` has filtered."""
    learned = weights.fit(histories, hyperparameters, seed, with_taste=blend.taste_weight > 0)
    return UserPersonalization(learned, blend, histories, cold, events, seed)
