"""aws-popularity-count: the items with the most interactions, the same for everyone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from include.local_personalize.engine import storage
from include.local_personalize.engine.data import Training
from include.local_personalize.engine.evaluation import measured_by_user
from include.local_personalize.engine.histories import Histories, Int64s
from include.local_personalize.engine.holdout import hold_out
from include.local_personalize.engine.popularity.leading import leading
from include.local_personalize.engine.query import Query
from include.local_personalize.engine.ranking import Ranking, Trained


@dataclass(frozen=True)
class PopularityCount:
    """Items with their counts, most first; of equal counts, ids in alphabetical order."""

    recipe: ClassVar[str] = "aws-popularity-count"

    item_ids: list[str]
    counts: Int64s

    @classmethod
    def fit(cls, histories: Histories) -> "PopularityCount":
        """Count the events of each item that has any."""
        counts = np.bincount(histories.items, minlength=len(histories.item_ids))
        order = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]
        return cls([histories.item_ids[item] for item in order], counts[order])

    def answer(self, query: Query) -> Ranking:
        """See ``Model``."""
        return Ranking(leading(self.item_ids, query))

    def answer_many(self, queries: Sequence[Query]) -> Iterator[Ranking]:
        """See ``Model``."""
        return map(self.answer, queries)

    def save(self, folder: Path) -> None:
        """See ``Model``."""
        storage.write(folder, {"recipe": self.recipe, "item_ids": self.item_ids}, {"counts": self.counts})


def train(training: Training) -> Trained:
    """Count all interactions; measure the counts of those that are not held out."""
    split = hold_out(training.histories, training.seed)
    metrics = measured_by_user(PopularityCount.fit(split.shown), split, training.data)
    return Trained(PopularityCount.fit(training.histories), metrics)


def restored(header: dict[str, Any], arrays: storage.Arrays) -> PopularityCount:
    """The model that ``save`` wrote."""
    return PopularityCount(header["item_ids"], arrays["counts"])
