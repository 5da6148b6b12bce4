"""The weights of aws-user-personalization: what training learns, and trainingMode=UPDATE leaves alone."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from include.local_personalize.engine.histories import Floats, Histories, Int64s
from include.local_personalize.engine.personalization import taste, transitions
from include.local_personalize.engine.personalization.hyperparameters import Hyperparameters


@dataclass(frozen=True)
class Weights:
    """Transitions and taste, which is None where a blend has no use for it; ``popularity`` counts events per
    item.
    """

    transitions: transitions.Transitions
    taste: taste.Taste | None
    popularity: Int64s
    recency: Floats

    @cached_property
    def _gram(self) -> Floats:
        return self.taste.gram() if self.taste else np.empty((0, 0))

    @property
    def item_count(self) -> int:
        """How many items the weights know: the first so many of the histories that they score."""
        return len(self.popularity)

    def scores(self, histories: Histories, users: Int64s) -> tuple[Floats, Floats]:
        """Scores by transitions and by taste, both users x items. A user's row does not depend on the other
        users.
        """
        followed = transitions.scores(
            users,
            histories.starts,
            histories.items,
            self.recency,
            self.transitions.neighbours,
            self.transitions.weights,
        )
        if self.taste is None:
            return followed, np.zeros_like(followed)
        return followed, taste.scores(self.taste, self._gram, users, histories.starts, histories.items)


def fit(histories: Histories, hyperparameters: Hyperparameters, seed: int, with_taste: bool = True) -> Weights:
    """Learn from the histories that the hyperparameters admit."""
    trainable = hyperparameters.trainable(histories)
    half_life = taste.HALF_LIFE if hyperparameters.recency_mask else taste.NO_FADING
    return Weights(
        transitions.fit(trainable),
        taste.fit(trainable, hyperparameters.hidden_dimension, half_life, seed) if with_taste else None,
        np.bincount(trainable.items, minlength=len(histories.item_ids)),
        transitions.recency(hyperparameters.bptt, hyperparameters.recency_mask),
    )
