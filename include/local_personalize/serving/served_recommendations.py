"""What was recommended lately, so that events can say which recommendation they follow by its id alone."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

KEPT = 20_000


@dataclass(frozen=True)
class Recommendation:
    """What one answer showed, and the ARN of the campaign or recommender that gave it."""

    source: str
    items: tuple[str, ...]


class ServedRecommendations:
    """The newest answers by recommendationId, for as long as the service runs; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._served: OrderedDict[str, Recommendation] = OrderedDict()

    def remember(self, recommendation_id: str, source: str, items: Sequence[str]) -> None:
        with self._lock:
            self._served[recommendation_id] = Recommendation(source, tuple(items))
            if len(self._served) > KEPT:
                self._served.popitem(last=False)

    def of(self, recommendation_id: str | None) -> Recommendation | None:
        with self._lock:
            return self._served.get(recommendation_id) if recommendation_id else None
