"""aws-similar-items: items that stand near each other in people's histories, and that are alike by their metadata."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from include.local_personalize.engine import storage
from include.local_personalize.engine.cores import in_parts
from include.local_personalize.engine.data import Training
from include.local_personalize.engine.evaluation import measured_by_item
from include.local_personalize.engine.histories import Bools, Floats, Histories
from include.local_personalize.engine.holdout import hold_out
from include.local_personalize.engine.item_features import Float32s
from include.local_personalize.engine.query import Query
from include.local_personalize.engine.ranking import Ranking, Trained, best
from include.local_personalize.engine.related import likeness

ITEMS_AT_ONCE = 32


@dataclass(frozen=True)
class SimilarItems:
    """All items of interactions and metadata, most popular first, their vectors (items x dimensions), and what the
    popularity of each adds to its similarity with any other. An item of which nothing is known has a vector of zeros.
    """

    recipe: ClassVar[str] = "aws-similar-items"

    item_ids: list[str]
    vectors: Float32s
    appeal: Float32s

    def answer(self, query: Query) -> Ranking:
        """The items most similar to the query's; items of which nothing is known get popular items."""
        return self._rankings([query])[0]

    def answer_many(self, queries: Sequence[Query]) -> Iterator[Ranking]:
        """See ``Model``."""
        return in_parts(self._rankings, queries, ITEMS_AT_ONCE)

    def _rankings(self, queries: Sequence[Query]) -> list[Ranking]:
        numbers = [self._numbers.get(query.item_id, -1) for query in queries]
        asked = np.zeros((len(queries), self.vectors.shape[1]), np.float32)
        known = [row for row, number in enumerate(numbers) if number >= 0]
        asked[known] = self.vectors[[numbers[row] for row in known]]
        # All zeros where nothing is known: every item is then as similar, and the popular ones come first.
        rows = (likeness.products(asked, self.vectors) + self.appeal).astype(np.float64)
        return [self._ranking(query, number, row) for query, number, row in zip(queries, numbers, rows, strict=True)]

    def _ranking(self, query: Query, number: int, similarities: Floats) -> Ranking:
        similarities = np.where(self._allowed(query), similarities, -np.inf)
        if number >= 0:
            similarities[number] = -np.inf
        return Ranking([self.item_ids[item] for item in best(similarities, query.num_results)])

    def _allowed(self, query: Query) -> Bools:
        allowed = np.full(len(self.item_ids), not query.allowed.only)
        allowed[[self._numbers[item] for item in query.allowed.ids if item in self._numbers]] = query.allowed.only
        return allowed

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {item: number for number, item in enumerate(self.item_ids)}

    def save(self, folder: Path) -> None:
        """See ``Model``."""
        arrays = {"vectors": self.vectors, "appeal": self.appeal}
        storage.write(folder, {"recipe": self.recipe, "item_ids": self.item_ids}, arrays)


def train(training: Training) -> Trained:
    """Choose what metadata and popularity count on a validation split of what is not held out, and learn the vectors
    twice: to be measured, and to serve.
    """
    sight = likeness.Sight.of(training)
    split = hold_out(training.histories, training.seed)
    weights = likeness.choose(sight, split.shown, training.seed)

    def fitted(histories: Histories) -> SimilarItems:
        counts = np.bincount(histories.items, minlength=len(sight.item_ids))
        order = np.argsort(-counts, kind="stable")
        vectors = sight.parts(histories).joined(weights.metadata)[order]
        appeal = (weights.popularity * likeness.popularity(counts))[order]
        return SimilarItems([sight.item_ids[item] for item in order], vectors, appeal.astype(np.float32))

    return Trained(fitted(training.histories), measured_by_item(fitted(split.shown), split, training.data))


def restored(header: dict[str, Any], arrays: storage.Arrays) -> SimilarItems:
    """The model that ``save`` wrote."""
    return SimilarItems(header["item_ids"], arrays["vectors"], arrays["appeal"])
