"""How much each signal of affinity counts, chosen on questions whose answers are known.

Whether people come back to what they have had differs from shop to shop: those who had an item may be its best segment
or its worst.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from include.local_personalize.engine.histories import Floats
from include.local_personalize.engine.ranking import best
from include.local_personalize.engine.segments.affinity import Affinity
from include.local_personalize.engine.segments.questions import Question, recall, segment_size

TASTES = (0.5, 0.0, 1.0, 2.0)
# Of blends that do equally well the first is taken: what users have had counts no more than it has to.
HAD = (0.0, -1.0, 1.0, -2.0, 2.0, -4.0, 4.0)
MOST_QUESTIONS = 200


@dataclass(frozen=True)
class Blend:
    """``taste`` and ``had`` count beside what users go on to, which counts 1."""

    taste: float
    had: float

    def scores(self, signals: Floats) -> Floats:
        """One for each user, from 3 x users signals."""
        scores: Floats = signals[0] + self.taste * signals[1] + self.had * signals[2]
        return scores


def choose(affinity: Affinity, questions: Sequence[Question]) -> Blend:
    """The blend whose segments have the largest mean share of the users who turned to what is asked about."""
    blends = [Blend(taste, had) for taste, had in product(TASTES, HAD)]
    size = segment_size(len(affinity.tastes))
    recalls = np.zeros(len(blends))
    for question in questions[:MOST_QUESTIONS]:
        signals = affinity.signals(question.items)
        for at, blend in enumerate(blends):
            recalls[at] += recall(best(blend.scores(signals), size), question.users)
    return blends[int(recalls.argmax())]
