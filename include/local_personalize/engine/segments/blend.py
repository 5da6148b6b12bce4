"""How much each signal of affinity counts, chosen on questions whose answers are known.

Whether people come back to what they have had differs from shop to shop: those who had an item may be its best segment
or its worst.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from include.local_personalize.engine.histories import Int64s
from include.local_personalize.engine.personalization.taste import Float32s
from include.local_personalize.engine.segments.affinity import Affinity
from include.local_personalize.engine.segments.questions import Question, segment_size

# Of weights that do equally well the first is taken: what users have had counts no more than it has to.
TASTES = (0.5, 0.0, 1.0, 2.0, 4.0)
HAD = (0.0, -1.0, 1.0, -2.0, 2.0, -4.0, 4.0, 8.0)


@dataclass(frozen=True)
class Blend:
    """``taste`` and ``had`` count beside what users go on to, which counts 1."""

    taste: float
    had: float

    def scores(self, signals: Float32s) -> Float32s:
        """One for each user, from 3 x users signals."""
        weights = np.array([1.0, self.taste, self.had], np.float32)
        scores: Float32s = (weights[:, None] * signals).sum(axis=0)
        return scores


def choose(affinity: Affinity, questions: Sequence[Question]) -> Blend:
    """The blend whose segments have the largest mean share of the users who turned to what is asked about: first the
    best weight of what users have had, then the best weight of taste beside it.
    """
    by_had = [Blend(TASTES[0], had) for had in HAD]
    best_had = by_had[int(_recalls(affinity, questions, by_had).argmax())]
    by_taste = [replace(best_had, taste=taste) for taste in TASTES]
    return by_taste[int(_recalls(affinity, questions, by_taste).argmax())]


def _recalls(affinity: Affinity, questions: Sequence[Question], blends: Sequence[Blend]) -> Float32s:
    recalls = np.zeros(len(blends), np.float32)
    size = segment_size(len(affinity.tastes))
    signals = affinity.signals([question.items for question in questions])
    for question, signal in zip(questions, signals, strict=True):
        for at, blend in enumerate(blends):
            recalls[at] += recall(blend.scores(signal), question.users, size)
    return recalls


def recall(scores: Float32s, relevant: Int64s, size: int) -> float:
    """The share of the relevant users who are among the ``size`` of the largest scores; where some of equal scores are
    and some are not, the mean over their orders.
    """
    last = np.partition(scores, -size)[-size]
    above, level = np.count_nonzero(scores > last), np.count_nonzero(scores == last)
    found = scores[relevant]
    hits = np.count_nonzero(found > last) + np.count_nonzero(found == last) * (size - above) / level
    return float(hits / len(relevant))
