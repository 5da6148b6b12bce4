"""The weights of aws-user-personalization: what training learns, and trainingMode=UPDATE leaves alone."""

import threading
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from include.local_personalize.engine.histories import Bools, Floats, Histories, Int32s, Int64s
from include.local_personalize.engine.personalization import candidates, taste, transitions
from include.local_personalize.engine.personalization.candidates import MOST_TIMES, Candidates, Scratch
from include.local_personalize.engine.personalization.hyperparameters import Hyperparameters
from include.local_personalize.engine.personalization.taste import Float32s

ANY_NUMBER_OF_TIMES = np.ones(MOST_TIMES + 1, np.bool_)


@dataclass(frozen=True)
class Weights:
    """Transitions and taste, which is None where a blend has no use for it; ``popularity`` adds up what the events
    of each item count.
    """

    transitions: transitions.Transitions
    taste: taste.Taste | None
    popularity: Int64s | Floats
    recency: Floats

    @property
    def item_count(self) -> int:
        """How many items the weights know: the first so many of the histories that they score."""
        return len(self.popularity)

    @cached_property
    def by_popularity(self) -> Int32s:
        """All items, those with most events first; of equal ones the first in number comes first."""
        return np.argsort(-self.popularity, kind="stable").astype(np.int32)

    def candidates(
        self, starts: Int64s, items: Int32s, may_return: Bools = ANY_NUMBER_OF_TIMES, barred: Bools | None = None
    ) -> Candidates:
        """What the users with these events may be recommended; see candidates.choose."""
        factors, gram, mean_factor, regularisation, half_life = self._taste
        found = candidates.choose(
            starts,
            items,
            self.recency,
            self.transitions.neighbours,
            self.transitions.weights,
            self.by_popularity,
            factors,
            gram,
            mean_factor,
            regularisation,
            half_life,
            may_return,
            self._nothing_barred if barred is None else barred,
            candidates.most_chosen(self.item_count),
            self._scratch_of_thread(),
        )
        return Candidates(*found)

    def _scratch_of_thread(self) -> Scratch:
        if not hasattr(self._threads, "scratch"):
            self._threads.scratch = candidates.scratch(self.item_count)
        scratch: Scratch = self._threads.scratch
        return scratch

    @cached_property
    def _threads(self) -> threading.local:
        return threading.local()

    @cached_property
    def _nothing_barred(self) -> Bools:
        return np.zeros(self.item_count, np.bool_)

    @cached_property
    def _taste(self) -> tuple[Float32s, Floats, Floats, float, float]:
        if self.taste is None:
            return np.empty((0, 0), np.float32), np.empty((0, 0)), np.empty(0), 0.0, taste.NO_FADING
        mean_factor = self.taste.factors.mean(axis=0, dtype=np.float64)
        return self.taste.factors, self.taste.gram(), mean_factor, self.taste.regularisation, self.taste.half_life


def fit(
    histories: Histories,
    hyperparameters: Hyperparameters,
    seed: int,
    with_taste: bool = True,
    start: taste.Taste | None = None,
) -> Weights:
    """Learn from the histories that the hyperparameters admit; ``start`` is the taste of nearly the same events."""
    trainable = hyperparameters.trainable(histories)
    half_life = taste.HALF_LIFE if hyperparameters.recency_mask else taste.NO_FADING
    return Weights(
        transitions.fit(trainable),
        taste.fit(trainable, hyperparameters.hidden_dimension, half_life, seed, start) if with_taste else None,
        np.bincount(trainable.items, trainable.rewards, len(histories.item_ids)),
        transitions.recency(hyperparameters.bptt, hyperparameters.recency_mask),
    )
