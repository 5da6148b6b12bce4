"""What every trained model does, whatever its recipe."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from include.local_personalize.engine.exploration import Exploration
from include.local_personalize.engine.histories import Floats, Int64s


@dataclass(frozen=True)
class Ranking:
    """Items, best first. ``scores`` are rounded to 7 decimals and sum to 1 over everything the model can
    recommend to the user; None for recipes that give no scores.
    """

    items: list[str]
    scores: list[float] | None


class Model(Protocol):
    """A trained model. Its answers do not change; it may be asked from several threads at once."""

    @property
    def recipe(self) -> str:
        """Its name, such as aws-user-personalization."""
        ...

    def recommend(self, user_id: str, num_results: int, exploration: Exploration = ...) -> Ranking:
        """Up to ``num_results`` items for a user; users without known interactions get popular items."""
        ...

    def recommend_many(
        self, user_ids: Sequence[str], num_results: int, exploration: Exploration = ...
    ) -> Iterator[Ranking]:
        """What ``recommend`` answers for each user, in the order of ``user_ids``, in bounded memory."""
        ...

    def save(self, folder: Path) -> None:
        """Write the model; ``folder`` must be missing or empty, and is loadable only when whole."""
        ...


@dataclass(frozen=True)
class Trained:
    """A model fitted to all interactions, and the offline metrics of one that did not see the held-out ones."""

    model: Model
    metrics: dict[str, float]


def best(logits: Floats, count: int) -> Int64s:
    """Positions of the ``count`` largest finite logits, largest first; of equals, the first in place comes
    first.
    """
    if count < len(logits):
        smallest = np.partition(logits, -count)[-count]
        candidates = np.flatnonzero(logits >= smallest)
    else:
        candidates = np.arange(len(logits))
    candidates = candidates[np.isfinite(logits[candidates])]
    return candidates[np.argsort(-logits[candidates], kind="stable")][:count]
