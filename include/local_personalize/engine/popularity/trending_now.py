"""aws-trending-now: the items whose interactions grow the most from one interval of time to the next."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from include.local_personalize.engine import metrics, storage
from include.local_personalize.engine.catalogue import CATALOGUE
from include.local_personalize.engine.data import EventFilter, Training, TrainingData
from include.local_personalize.engine.evaluation import measured_by_user
from include.local_personalize.engine.histories import Histories, Int64s, encode
from include.local_personalize.engine.holdout import hold_out
from include.local_personalize.engine.popularity.leading import leading
from include.local_personalize.engine.query import Query
from include.local_personalize.engine.ranking import Ranking, Trained

FREQUENCY = "trend_discovery_frequency"
SECONDS = {"30 minutes": 1_800, "1 hour": 3_600, "2 hours": 7_200, "3 hours": 10_800, "1 day": 86_400}
ACCURACY = "trend_prediction_accuracy"


@dataclass(frozen=True)
class TrendingNow:
    """Items with their growth, most first; those that do not grow follow, the ones with most interactions first."""

    recipe: ClassVar[str] = "aws-trending-now"

    item_ids: list[str]
    growing: Int64s
    seconds: int
    events: EventFilter

    @classmethod
    def fit(cls, histories: Histories, seconds: int, events: EventFilter) -> "TrendingNow":
        """By the two newest intervals of ``seconds``, of which the last ends with the newest event of all. ``events``
        has filtered the histories.
        """
        counts = np.bincount(histories.items, minlength=len(histories.item_ids))
        growing = np.maximum(growth(histories, int(histories.times.max()), seconds), 0)
        order = np.lexsort((-counts, -growing))
        order = order[counts[order] > 0]
        return cls([histories.item_ids[item] for item in order], growing[order], seconds, events)

    def answer(self, query: Query) -> Ranking:
        """See ``Model``."""
        return Ranking(leading(self.item_ids, query))

    def answer_many(self, queries: Sequence[Query]) -> Iterator[Ranking]:
        """See ``Model``."""
        return map(self.answer, queries)

    def save(self, folder: Path) -> None:
        """See ``Model``."""
        header = {
            "recipe": self.recipe,
            "item_ids": self.item_ids,
            "seconds": self.seconds,
            "events": asdict(self.events),
        }
        storage.write(folder, header, {"growing": self.growing})


def growth(histories: Histories, end: int, seconds: int) -> Int64s:
    """For each item, its events in the ``seconds`` up to and with ``end``, less those in as many seconds before."""
    intervals = (end - histories.times) // seconds  # 0 is the newest
    newest, before = (
        np.bincount(histories.items[intervals == each], minlength=len(histories.item_ids)) for each in (0, 1)
    )
    return newest - before


def train(training: Training) -> Trained:
    """Find what trends; measure it on held-out interactions, and on the newest interval, which it is to foresee."""
    seconds = interval(training.config)
    split = hold_out(training.histories, training.seed)
    measured = measured_by_user(TrendingNow.fit(split.shown, seconds, training.events), split, training.data)
    measured |= metrics.rounded({ACCURACY: trend_prediction_accuracy(training.histories, seconds)})
    return Trained(TrendingNow.fit(training.histories, seconds, training.events), measured)


def updated(model: TrendingNow, data: TrainingData) -> TrendingNow:
    """What trends in today's data."""
    return TrendingNow.fit(encode(model.events.apply(data.interactions)), model.seconds, model.events)


def interval(solution_config: Mapping[str, Any]) -> int:
    """The seconds of the documented trend_discovery_frequency."""
    recipe = CATALOGUE[TrendingNow.recipe]
    given = recipe.default_feature_transformation | solution_config.get("featureTransformationParameters", {})
    return SECONDS[given[FREQUENCY].lower()]


def trend_prediction_accuracy(histories: Histories, seconds: int) -> float:
    """How much the 25 items grow that were found trending without the newest interval, divided by how much the 25
    grow that grow the most; 0 where nothing grows, or nothing is older.
    """
    end = int(histories.times.max())
    older = histories.where(histories.times <= end - seconds)
    growing = np.maximum(growth(histories, end, seconds), 0)
    most = np.sort(growing)[::-1][: metrics.DEPTH].sum()
    if not len(older.items) or not most:
        return 0.0
    grown = dict(zip(histories.item_ids, growing.tolist(), strict=True))
    found = TrendingNow.fit(older, seconds, EventFilter()).item_ids[: metrics.DEPTH]
    return float(sum(grown[item] for item in found) / most)


def restored(header: dict[str, Any], arrays: storage.Arrays) -> TrendingNow:
    """The model that ``save`` wrote."""
    return TrendingNow(header["item_ids"], arrays["growing"], header["seconds"], EventFilter(**header["events"]))
