"""aws-popularity-count: the items with the most interactions, the same for everyone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from include.local_personalize.engine import storage
from include.local_personalize.engine.exploration import DEFAULT_EXPLORATION, Exploration
from include.local_personalize.engine.histories import Histories, Int64s
from include.local_personalize.engine.ranking import Ranking


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

    def recommend(self, user_id: str, num_results: int, exploration: Exploration = DEFAULT_EXPLORATION) -> Ranking:  # noqa: ARG002 (the same for everyone)
        """See ``Model``."""
        return Ranking(self.item_ids[:num_results], None)

    def recommend_many(
        self, user_ids: Sequence[str], num_results: int, exploration: Exploration = DEFAULT_EXPLORATION
    ) -> Iterator[Ranking]:
        """See ``Model``."""
        return (self.recommend(user_id, num_results, exploration) for user_id in user_ids)

    def save(self, folder: Path) -> None:
        """See ``Model``."""
        storage.write(folder, {"recipe": self.recipe, "item_ids": self.item_ids}, {"counts": self.counts})

    @classmethod
    def restored(cls, header: dict[str, Any], arrays: storage.Arrays) -> "PopularityCount":
        """The model that ``save`` wrote."""
        return cls(header["item_ids"], arrays["counts"])
