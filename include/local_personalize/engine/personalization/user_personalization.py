"""aws-user-personalization: where people go on to from what they just did, blended with their taste, and new
items explored.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from include.local_personalize.engine import item_features, storage
from include.local_personalize.engine.cores import in_parts
from include.local_personalize.engine.data import EventFilter, Training, TrainingData
from include.local_personalize.engine.evaluation import measured_by_user
from include.local_personalize.engine.exploration import ColdItems, interleaved, slots
from include.local_personalize.engine.histories import Bools, Floats, Histories, Int32s, Int64s, encode, followed
from include.local_personalize.engine.holdout import hold_out
from include.local_personalize.engine.personalization import additions, blend_search, cold_start, weights
from include.local_personalize.engine.personalization.additions import NOTHING, Additions
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
NO_POSITIONS = np.empty(0, np.int64)
NO_COLD = ColdItems([], NO_POSITIONS, 0, NO_POSITIONS, np.empty((0, 0)))


@dataclass(frozen=True)
class Chances:
    """Numbers of items, the logits of their chances, and the user's taste, which is empty where it is not known."""

    items: Int32s
    logits: Floats
    taste: Floats


@dataclass(frozen=True)
class UserPersonalization:
    """Weights, and the histories to apply them to. Items of the histories that the weights do not know come
    last in numbering. ``item_columns`` are those of item metadata that it was trained on, with their kinds.
    """

    recipe: ClassVar[str] = "aws-user-personalization"

    weights: Weights
    blend: Blend
    histories: Histories
    cold: ColdItems
    events: EventFilter
    seed: int
    item_columns: Mapping[str, str]
    additions: Additions = NOTHING

    def answer(self, query: Query) -> Ranking:
        """See ``Model``."""
        return self._rankings([query])[0]

    def answer_many(self, queries: Sequence[Query]) -> Iterator[Ranking]:
        """See ``Model``."""
        return in_parts(self._rankings, queries, MOST_USERS_AT_ONCE)

    def _rankings(self, queries: Sequence[Query]) -> list[Ranking]:
        events = [self._events(query) for query in queries]
        chances = self._chances(queries, events)
        totals = [0.0 if each is self._popular else _total(each) for each in chances]
        for allowed in {query.allowed for query in queries if query.allowed != EVERYTHING}:
            asked = [at for at, query in enumerate(queries) if query.allowed == allowed]
            some = self._chances([queries[at] for at in asked], [events[at] for at in asked], self._barred(allowed))
            for at, each in zip(asked, some, strict=True):
                chances[at] = each
        return [self._ranking(query, each, total) for query, each, total in zip(queries, chances, totals, strict=True)]

    def _chances(
        self, queries: Sequence[Query], events: Sequence[Int32s], barred: Bools | None = None
    ) -> list[Chances]:
        """What each user may be recommended."""
        known = [at for at, items in enumerate(events) if (items < self.weights.item_count).any()]
        found, logits = self._scored([events[at] for at in known], barred)
        chances = [self._popular_but(barred)] * len(queries)
        for at, of_user in zip(known, _by_user(found, logits), strict=True):
            chances[at] = of_user
        added = [self.additions.of(query) for query in queries]
        return [
            each if more is None else replace(each, logits=each.logits + more[each.items])
            for each, more in zip(chances, added, strict=True)
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

    def _ranking(self, query: Query, chances: Chances, total: float) -> Ranking:
        young = self._young(query)
        preference = self.cold.preference(young, chances.taste)
        positions, chosen = slots(preference, query.exploration.weight, query.user_id, self.seed)
        num_results = query.num_results
        reach = max(num_results, int(positions[-1]) + 1) if len(positions) else num_results
        order = best(chances.logits, reach)
        ids = [self.histories.item_ids[item] for item in chances.items[order].tolist()]
        scores = np.exp(chances.logits[order] - total)
        if len(chosen):
            new_items = [self.cold.item_ids[young[at]] for at in chosen]
            ids, scores = interleaved(ids, scores, positions, new_items, num_results)
        return Ranking(ids, np.round(scores, 7).tolist())

    def _young(self, query: Query) -> Int64s:
        """The cold items that may be explored for this query. Where items never come back, one that the user has found
        already is no longer new to that user.
        """
        if not self.cold.item_ids or query.exploration.weight <= 0:
            return NO_POSITIONS
        young = self.cold.young(query.exploration)
        if query.allowed != EVERYTHING:
            young = np.array([at for at in young if self.cold.item_ids[at] in query.allowed], np.int64)
        if not len(young) or self._may_return[1]:
            return young
        user = self._numbers.get(query.user_id)
        had = NO_ITEMS if user is None else self.histories.of(user)
        found = {self.histories.item_ids[item] for item in had[had >= self.weights.item_count]}
        found.update(event.item_id for event in query.streamed)
        return np.array([at for at in young if self.cold.item_ids[at] not in found], np.int64) if found else young

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
        return Chances(items, np.log(counts[items] / counts.sum()), np.empty(0))

    def _popular_but(self, barred: Bools | None) -> Chances:
        items, logits = self._popular.items, self._popular.logits
        return self._popular if barred is None else Chances(items[~barred[items]], logits[~barred[items]], np.empty(0))

    def save(self, folder: Path) -> None:
        """See ``Model``."""
        taste = self.weights.taste
        context, more = self.additions.saved()
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
                "item_columns": dict(self.item_columns),
                "context": context,
                "taste": {"regularisation": taste.regularisation, "half_life": taste.half_life} if taste else None,
            },
            arrays={
                "starts": self.histories.starts,
                "items": self.histories.items,
                "times": self.histories.times,
                "cold_created": self.cold.created,
                "cold_ignored": self.cold.ignored,
                "cold_factors": self.cold.factors,
                "neighbours": self.weights.transitions.neighbours,
                "neighbour_weights": self.weights.transitions.weights,
                "popularity": self.weights.popularity,
                "recency": self.weights.recency,
                **({"factors": taste.factors} if taste else {}),
                **more,
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
        ColdItems(
            header["cold_item_ids"],
            arrays["cold_created"],
            header["latest_interaction"],
            arrays["cold_ignored"],
            arrays["cold_factors"],
        ),
        EventFilter(**header["events"]),
        header["seed"],
        header["item_columns"],
        additions.restored(header["context"], arrays, len(arrays["popularity"])),
    )


def train(training: Training) -> Trained:
    """Learn the blend from what is not held out, then the weights twice: to be measured, and to serve."""
    split = hold_out(training.histories, training.seed)
    hyperparameters = Hyperparameters.of(training.config)
    blend, taste = choose_blend(split.shown, hyperparameters, training.seed)
    added = additions.learnt(training)

    def fitted(histories: Histories, start: Taste | None) -> UserPersonalization:
        return fit(histories, hyperparameters, blend, training, added, start)

    # It is asked without exploration, so that it needs no cold items: finding them reads through all interactions.
    measured = fitted(split.shown, taste)
    metrics = measured_by_user(measured, split, training.data, additions.objective_values(training))
    served = fitted(training.histories, measured.weights.taste)
    warm, taste = served.histories.item_ids, served.weights.taste
    cold = cold_start.found(training.data, warm, served.item_columns, taste, training.seed)
    return Trained(replace(served, cold=cold), metrics)


def updated(model: UserPersonalization, data: TrainingData) -> UserPersonalization:
    """The same weights over all of today's histories; items that they do not know are candidates for exploration."""
    warm = model.histories.item_ids[: model.weights.item_count]
    if data.only_newer:
        known = model.histories
        newer = encode(data.interactions, known_items=known.item_ids, known_users=known.user_ids)
        histories = followed(known, newer)
        latest = max(model.cold.latest_interaction, int(newer.times.max(initial=0)))
        data = replace(data, interactions=_decisive(histories, len(warm), latest))
    else:
        histories = encode(model.events.apply(data.interactions), known_items=warm)
    return replace(
        model,
        histories=histories,
        cold=cold_start.found(data, warm, model.item_columns, model.weights.taste, model.seed),
    )


def _decisive(histories: Histories, warm: int, latest: int) -> pa.Table:
    """The interactions that say how old cold items are: all of theirs, and one at the time of the latest of all."""
    of_cold = np.flatnonzero(histories.items >= warm)
    items = [histories.item_ids[item] for item in histories.items[of_cold]]
    return pa.table({"ITEM_ID": [*items, histories.item_ids[0]], "TIMESTAMP": [*histories.times[of_cold], latest]})


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
    training: Training,
    added: Additions,
    start: Taste | None,
) -> UserPersonalization:
    """Learn the weights from ``histories``, all or some of those of the training, and know no cold items; ``start`` is
    the taste of nearly the same events.
    """
    learned = weights.fit(histories, hyperparameters, training.seed, blend.taste_weight > 0, start)
    columns = item_features.columns(training.data, training.config)
    return UserPersonalization(learned, blend, histories, NO_COLD, training.events, training.seed, columns, added)


def _by_user(found: Candidates, logits: Floats) -> Iterator[Chances]:
    for (first, end), taste in zip(pairwise(found.starts.tolist()), found.tastes, strict=True):
        yield Chances(found.items[first:end], logits[first:end], taste)


def _total(chances: Chances) -> float:
    """The logarithm of the sum of the exponentials of the logits."""
    return float(softmax_totals(np.array([0, len(chances.logits)]), chances.logits)[0])
