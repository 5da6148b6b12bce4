"""What a solution version is trained on, and the reasons for which training ends in CREATE FAILED."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from include.local_personalize.engine.histories import Floats, Histories
from include.local_personalize.engine.metrics import rewards_of_events
from include.local_personalize.engine.query import StreamedEvent

FEWEST_INTERACTIONS = 1000
FEWEST_USERS = 25
SMALLEST_SHARE_OF_USERS = 0.01


class TrainingError(Exception):
    """Training cannot succeed; the message is the ``failureReason`` of the solution version."""


@dataclass(frozen=True)
class TrainingData:
    """The datasets of a dataset group; the order of rows means nothing.

    ``interactions`` has USER_ID and ITEM_ID (string), TIMESTAMP (int64, epoch seconds), optional EVENT_TYPE,
    EVENT_VALUE and others; ``items`` has ITEM_ID and optional CREATION_TIMESTAMP (int64, epoch seconds);
    ``users`` has USER_ID. ``item_kinds`` says of each column of items that may train whether it is "categorical",
    "textual" or "numeric"; None: numbers are numeric, and strings categorical. ``context_columns`` names those of
    interactions that describe the circumstances of an event. ``actions`` has ACTION_ID and optional
    VALUE, ACTION_EXPIRATION_TIMESTAMP and REPEAT_FREQUENCY (days); ``action_interactions`` has USER_ID, ACTION_ID,
    EVENT_TYPE and TIMESTAMP. With ``only_newer``, for the UPDATE of a model that was trained on all interactions alike,
    whatever their type and value, ``interactions`` has just those that have come since.
    """

    interactions: pa.Table
    items: pa.Table | None
    users: pa.Table | None
    item_kinds: Mapping[str, str] | None = None
    actions: pa.Table | None = None
    action_interactions: pa.Table | None = None
    context_columns: Sequence[str] = ()
    only_newer: bool = False


@dataclass(frozen=True)
class EventFilter:
    """Which interactions train: those of ``event_type`` (None: all alike) with EVENT_VALUE of at least
    ``value_threshold``. With ``weights``, those of the types that have a weight above 0, each with an EVENT_VALUE of at
    least its type's threshold, where it has one.
    """

    event_type: str | None = None
    value_threshold: float | None = None
    weights: Mapping[str, float] | None = None
    thresholds: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, event_type: str | None, solution_config: Mapping[str, Any]) -> "EventFilter":
        """From a solution's eventType, and the eventValueThreshold and eventsConfig of its configuration."""
        threshold = solution_config.get("eventValueThreshold")
        listed = solution_config.get("eventsConfig", {}).get("eventParametersList", [])
        weights = {each["eventType"]: float(each.get("weight", 1.0)) for each in listed}
        return cls(
            event_type,
            None if threshold is None else float(threshold),
            {name: weight for name, weight in weights.items() if weight > 0} or None,
            {each["eventType"]: each["eventValueThreshold"] for each in listed if "eventValueThreshold" in each},
        )

    def apply(self, interactions: pa.Table) -> pa.Table:
        """The rows that pass; TrainingError if the column that decides is missing."""
        if self.event_type is not None:
            interactions = interactions.filter(pc.equal(self._column(interactions, "EVENT_TYPE"), self.event_type))
        if self.value_threshold is not None:
            values = self._column(interactions, "EVENT_VALUE")
            interactions = interactions.filter(pc.greater_equal(values, self.value_threshold))
        if self.weights is not None:
            types = self._column(interactions, "EVENT_TYPE").cast(pa.string())
            kept = pc.is_in(types, value_set=pa.array(list(self.weights), pa.string()))
            for name, threshold in self.thresholds.items():
                reached = pc.fill_null(pc.greater_equal(self._column(interactions, "EVENT_VALUE"), threshold), False)
                kept = pc.and_(kept, pc.or_(pc.not_equal(types, name), reached))
            interactions = interactions.filter(kept)
        return interactions

    def rewards(self, interactions: pa.Table) -> Floats | None:
        """What each row counts, its type's weight divided by the mean weight; None where all count alike."""
        if self.weights is None:
            return None
        types = interactions["EVENT_TYPE"].cast(pa.string()).combine_chunks().dictionary_encode()
        by_type = rewards_of_events(self.weights)
        of_value = np.array([by_type[each] for each in types.dictionary.to_pylist()])
        rewards: Floats = of_value[types.indices.to_numpy()] if len(types) else np.empty(0)
        return rewards

    def admits(self, event: StreamedEvent) -> bool:
        """Whether an event that was put since would have trained."""
        if self.event_type is not None and event.event_type != self.event_type:
            return False
        if self.weights is not None and event.event_type not in self.weights:
            return False
        thresholds = [self.value_threshold, self.thresholds.get(event.event_type)]
        needed = [each for each in thresholds if each is not None]
        return not needed or (event.event_value is not None and event.event_value >= max(needed))

    def _column(self, interactions: pa.Table, name: str) -> pa.ChunkedArray:
        if name not in interactions.column_names:
            raise TrainingError(
                f"Create failed. The solution selects interactions by {name}, which the schema does not have."
            )
        return interactions[name]


@dataclass(frozen=True)
class Training:
    """One training: a recipe, its solutionConfig (without faults, see catalogue.check_solution_config), the data, the
    interactions that ``events`` leaves of it, their histories, and the seed of every random draw.
    """

    recipe: str
    config: Mapping[str, Any]
    events: EventFilter
    data: TrainingData
    interactions: pa.Table
    histories: Histories
    seed: int


def check_minimums(histories: Histories, events: EventFilter) -> None:
    """Raise TrainingError where Amazon Personalize would refuse to train: its quotas count what is left after
    filtering.
    """
    if unique_interactions(histories) < FEWEST_INTERACTIONS:
        filtered = f" after filtering by event type: {events.event_type}" if events.event_type is not None else ""
        raise TrainingError(f"Create failed. Dataset has fewer than {FEWEST_INTERACTIONS} interactions{filtered}.")
    enough = np.count_nonzero(histories.lengths >= 2)
    if enough < max(FEWEST_USERS, SMALLEST_SHARE_OF_USERS * len(histories.user_ids)):
        if enough < FEWEST_USERS:
            raise TrainingError(
                f"Create failed. Dataset has fewer than {FEWEST_USERS} users with at least 2 interactions each."
            )
        raise TrainingError(
            "Create failed. Fewer than 1% of the users in the dataset have at least 2 interactions each."
        )


def unique_interactions(histories: Histories) -> int:
    """Interactions that differ in user, item or timestamp."""
    if not len(histories.items):
        return 0
    # Equal events of a user stand side by side: the order is by user, timestamp, then item.
    differs = (histories.times[1:] != histories.times[:-1]) | (histories.items[1:] != histories.items[:-1])
    ends = histories.starts[1:-1]
    differs[ends[(ends > 0) & (ends < len(histories.items))] - 1] = True
    return 1 + int(np.count_nonzero(differs))
