"""What every trained model does, whatever its recipe."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from include.local_personalize.engine.histories import Floats, Int64s
from include.local_personalize.engine.query import Query


@dataclass(frozen=True)
class Ranking:
    """Items (or users, for segments), best first, with what the recipe says of each, None where it says nothing.

    ``scores`` are rounded to 7 decimals and sum to 1 over everything the model can recommend to the user; a score of
    None is that of an item that the model does not know. ``reasons`` has the API's reasons of each item.
    """

    items: list[str]
    scores: list[float | None] | None = None
    reasons: list[list[str]] | None = None


class Model(Protocol):
    """A trained model. Its answers do not change; it may be asked from several threads at once."""

    @property
    def recipe(self) -> str:
        """Its name, such as aws-user-personalization."""
        ...

    def answer(self, query: Query) -> Ranking:
        """Up to ``query.num_results`` items; users and items that it does not know get popular items."""
        ...

    def answer_many(self, queries: Sequence[Query]) -> Iterator[Ranking]:
        """What ``answer`` gives for each query, in their order, in bounded memory."""
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
