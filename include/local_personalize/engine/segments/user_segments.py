"""aws-item-affinity and aws-item-attribute-affinity as models: asked about items, they answer with users."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from include.local_personalize.engine import storage
from include.local_personalize.engine.data import Training
from include.local_personalize.engine.histories import Int32s
from include.local_personalize.engine.personalization.taste import HALF_LIFE, Taste
from include.local_personalize.engine.query import Query
from include.local_personalize.engine.ranking import Ranking, Trained, best
from include.local_personalize.engine.segments import affinity, attributes, blend, questions
from include.local_personalize.engine.segments.affinity import Affinity
from include.local_personalize.engine.segments.attributes import Attributes
from include.local_personalize.engine.segments.blend import Blend
from include.local_personalize.engine.segments.expression import parse

ITEM_ATTRIBUTE_AFFINITY = "aws-item-attribute-affinity"
# The documented default is 149; as for aws-user-personalization, fewer measure the same in less than half the time.
FACTORS = 64


@dataclass(frozen=True)
class UserSegments:
    """``attributes`` is None for aws-item-affinity, which knows items by their ids alone."""

    recipe: str
    user_ids: list[str]
    item_ids: list[str]
    affinity: Affinity
    blend: Blend
    attributes: Attributes | None

    def items_asked(self, query: Query) -> Int32s:
        """The numbers of the items that a query is about; empty where training saw none. Raises ValueError for
        attributes that cannot be read.
        """
        if self.attributes is not None:
            return self.attributes.matching(parse(query.item_attributes) if query.item_attributes else ())
        return np.flatnonzero(np.array(self.item_ids, object) == query.item_id).astype(np.int32)

    def answer(self, query: Query) -> Ranking:
        """Users, those with the most affinity first. Where training saw none of the items, affinity to all items
        decides. Raises ValueError for attributes that cannot be read.
        """
        return next(self.answer_many([query]))

    def answer_many(self, queries: Sequence[Query]) -> Iterator[Ranking]:
        """See ``Model``."""
        everything = np.arange(len(self.item_ids), dtype=np.int32)
        asked = [self.items_asked(query) for query in queries]
        signals = self.affinity.signals([items if len(items) else everything for items in asked])
        for query, signal in zip(queries, signals, strict=True):
            scores = self.blend.scores(signal).astype(np.float64)
            ids = query.allowed.ids
            if ids or query.allowed.only:
                named = np.fromiter((user in ids for user in self.user_ids), np.bool_, len(self.user_ids))
                scores[named != query.allowed.only] = -np.inf
            yield Ranking([self.user_ids[user] for user in best(scores, query.num_results)])

    def save(self, folder: Path) -> None:
        """See ``Model``."""
        header: dict[str, Any] = {
            "recipe": self.recipe,
            "user_ids": self.user_ids,
            "item_ids": self.item_ids,
            "blend": vars(self.blend),
        }
        arrays = affinity.arrays_of(self.affinity)
        if self.attributes is not None:
            header["attributes"] = self.attributes.names
            arrays |= {"attribute_starts": self.attributes.starts, "attribute_items": self.attributes.items}
        storage.write(folder, header, arrays)


def train(training: Training) -> Trained:
    """Choose the blend on half of the questions, measure it on the other half, and fit it to all interactions."""
    histories = training.histories
    of_attributes = training.recipe == ITEM_ATTRIBUTE_AFFINITY
    known = attributes.gather(training) if of_attributes else None
    factors = int(training.config.get("algorithmHyperParameters", {}).get("hidden_dimension", FACTORS))
    split = questions.split(histories)
    measured = affinity.fit(split.shown, factors, training.seed, not of_attributes)
    drawn = questions.draw(split.hidden, known, training.seed)
    chosen = blend.choose(measured, drawn[::2])
    asked = drawn[1::2] or drawn
    size = questions.segment_size(len(histories.user_ids))
    signals = measured.signals([question.items for question in asked])
    segments = [best(chosen.scores(signal).astype(np.float64), size) for signal in signals]
    metrics = questions.metrics(segments, [question.users for question in asked], len(histories.user_ids))
    start = Taste(measured.factors, 0.0, HALF_LIFE)
    final = affinity.fit(histories, factors, training.seed, not of_attributes, start)
    model = UserSegments(training.recipe, histories.user_ids, histories.item_ids, final, chosen, known)
    return Trained(model, metrics)


def restored(header: dict[str, Any], arrays: storage.Arrays) -> UserSegments:
    """The model that ``save`` wrote."""
    known = None
    if "attributes" in header:
        names = [(field, value) for field, value in header["attributes"]]
        known = Attributes(names, arrays["attribute_starts"], arrays["attribute_items"])
    return UserSegments(
        header["recipe"],
        header["user_ids"],
        header["item_ids"],
        affinity.restored(arrays),
        Blend(**header["blend"]),
        known,
    )
