"""aws-user-personalization: where people go on to from what they just did, blended with their taste, and new
items explored.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from include.local_personalize.engine import storage
from include.local_personalize.engine.data import EventFilter, Training, TrainingData
from include.local_personalize.engine.evaluation import measured_by_user
from include.local_personalize.engine.exploration import ColdItems, cold_items, interleaved, slots
from include.local_personalize.engine.histories import Bools, Floats, Histories, Int32s, encode
from include.local_personalize.engine.holdout import hold_out
from include.local_personalize.engine.personalization import blend_search, weights
from include.local_personalize.engine.personalization.blend import Blend, softmax_totals
from include.local_personalize.engine.personalization.candidates import Candidates
from include.local_personalize.engine.personalization.hyperparameters import Hyperparameters
from include.local_personalize.engine.personalization.taste import Taste
from include.local_personalize.engine.personalization.transitions import Transitions
from include.local_personalize.engine.personalization.weights import Weights
from include.local_personalize.engine.query import EVERYTHING, Allowed, Query
from include.local_personalize.engine.ranking import Ranking, Trained, best

VALIDATION_USERS = 2_000
MOST_USERS_AT_ONCE = 256
NO_ITEMS = np.empty(0, np.int32)

# Numbers of items, and the logarithms of their chances.
Chances = tuple[Int32s, Floats]


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
        parts = (queries[first : first + MOST_USERS_AT_ONCE] for first in range(0, len(queries), MOST_USERS_AT_ONCE))
        threads = os.cpu_count() or 1
        with ThreadPoolExecutor(threads) as pool:
            # Only as many parts as threads at a time: the pool would otherwise finish all before the first is taken.
            while some := list(islice(parts, threads)):
                yield from chain.from_iterable(pool.map(self._rankings, some))

    def _rankings(self, queries: Sequence[Query]) -> list[Ranking]:
        events = [self._events(query) for query in queries]
        known = [at for at, items in enumerate(events) if (items < self.weights.item_count).any()]
        chances = [self._popular] * len(queries)
        totals = np.zeros(len(queries))
        found, logits = self._scored([events[at] for at in known])
        totals[known] = softmax_totals(found.starts, logits)
        for at, of_user in zip(known, _by_user(found, logits), strict=True):
            chances[at] = of_user
        for allowed in {query.allowed for query in queries if query.allowed != EVERYTHING}:
            barred = self._barred(allowed)
            asked = [at for at, query in enumerate(queries) if query.allowed == allowed]
            for at in asked:
                items, logits = self._popular
                chances[at] = items[~barred[items]], logits[~barred[items]]
            known_and_asked = [at for at in known if queries[at].allowed == allowed]
            found, logits = self._scored([events[at] for at in known_and_asked], barred)
            for at, of_user in zip(known_and_asked, _by_user(found, logits), strict=True):
                chances[at] = of_user
        return [
            self._ranking(query, items, logits - total)
            for query, (items, logits), total in zip(queries, chances, totals, strict=True)
        ]

    def _events(self, query: Query) -> Int32s:
        """The items of a user's events, oldest first: those of the histories, then those put since."""
        user = self._numbers.get(query.user_id)
        known = NO_ITEMS if user is None else self.histories.of(user)
        streamed = [
            self._warm[event.item_id]
            for event in query.streamed
            if event.item_id in self._warm and self.events.admits(event)
        ]
        return np.concatenate((known, np.array(streamed, np.int32))) if streamed else known

    def _scored(self, events: Sequence[Int32s], barred: Bools | None = None) -> tuple[Candidates, Floats]:
        starts = np.concatenate(([0], np.cumsum([len(items) for items in events], dtype=np.int64)))
        found = self.weights.candidates(starts, np.concatenate([NO_ITEMS, *events]), self._may_return, barred)
        return found, self.blend.logits(found)

    def _barred(self, allowed: Allowed) -> Bools:
        """Of each item that the weights know, whether a filter leaves it out."""
        named = [self._warm[item] for item in allowed.ids if item in self._warm]
        barred = np.full(self.weights.item_count, allowed.only)
        barred[named] = not allowed.only
        return barred

    def _ranking(self, query: Query, items: Int32s, logits: Floats) -> Ranking:
        young = [item for item in self.cold.young(query.exploration) if item in query.allowed]
        positions, new_items = slots(self._untouched(query, young), query.exploration.weight, query.user_id, self.seed)
        num_results = query.num_results
        reach = max(num_results, int(positions[-1]) + 1) if len(positions) else num_results
        order = best(logits, reach)
        ids, chances = [self.histories.item_ids[item] for item in items[order]], np.exp(logits[order])
        if new_items:
            ids, chances = interleaved(ids, chances, positions, new_items, num_results)
        return Ranking(ids, np.round(chances, 7).tolist())

    def _untouched(self, query: Query, young: list[str]) -> list[str]:
        """Where items never come back, a new item that the user has found already is no longer new to that user."""
        if not young or self._may_return[1]:
            return young
        user = self._numbers.get(query.user_id)
        had = NO_ITEMS if user is None else self.histories.of(user)
        found = {self.histories.item_ids[item] for item in had[had >= self.weights.item_count]}
        found.update(event.item_id for event in query.streamed)
        return [item for item in young if item not in found] if found else young

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {user_id: user for user, user_id in enumerate(self.histories.user_ids)}

    @cached_property
    def _warm(self) -> dict[str, int]:
        """The numbers of the items that the weights know."""
        return {item_id: item for item, item_id in enumerate(self.histories.item_ids[: self.weights.item_count])}

    @cached_property
    def _may_return(self) -> Bools:
        return np.isfinite(self.blend.repeats)

    @cached_property
    def _popular(self) -> Chances:
        """What users get of whom nothing is known."""
        counts = self.weights.popularity
        items = self.weights.by_popularity[: np.count_nonzero(counts)]
        return items, np.log(counts[items] / counts.sum())

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
    blend, taste = choose_blend(split.shown, hyperparameters, training.seed)

    def fitted(histories: Histories, start: Taste | None) -> UserPersonalization:
        return fit(histories, hyperparameters, blend, training.seed, cold, training.events, start)

    measured = fitted(split.shown, taste)
    metrics = measured_by_user(measured, split, training.data)
    return Trained(fitted(training.histories, measured.weights.taste), metrics)


def updated(model: UserPersonalization, data: TrainingData) -> UserPersonalization:
    """The same weights over all of today's histories; items that they do not know are candidates for exploration."""
    warm = model.histories.item_ids[: model.weights.item_count]
    return replace(
        model,
        histories=encode(model.events.apply(data.interactions), known_items=warm),
        cold=cold_items(warm, data.interactions, data.items),
    )


def choose_blend(histories: Histories, hyperparameters: Hyperparameters, seed: int) -> tuple[Blend, Taste | None]:
    """Learn the blend on a validation split of ``histories``; also returns the taste that was fitted for it, from which
    that of all ``histories`` is not far.
    """
    eligible = np.count_nonzero(histories.lengths >= 2)
    # Another draw than that of the test users, or the two splits would hold out the same people.
    validation = hold_out(histories, seed + 1, min(1.0, VALIDATION_USERS / eligible))
    learned = weights.fit(validation.shown, hyperparameters, seed)
    return blend_search.search(learned, validation), learned.taste


def fit(
    histories: Histories,
    hyperparameters: Hyperparameters,
    blend: Blend,
    seed: int,
    cold: ColdItems,
    events: EventFilter,
    start: Taste | None = None,
) -> UserPersonalization:
    """Learn the weights from ``histories``, which ``events`` has filtered; ``start`` is the taste of nearly the same
    events.
    """
    learned = weights.fit(histories, hyperparameters, seed, blend.taste_weight > 0, start)
    return UserPersonalization(learned, blend, histories, cold, events, seed)


def _by_user(found: Candidates, logits: Floats) -> Iterator[Chances]:
    for first, end in pairwise(found.starts.tolist()):
        yield found.items[first:end], logits[first:end]
