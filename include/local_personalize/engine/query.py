"""What a model is asked, whatever its recipe."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from include.local_personalize.engine.exploration import DEFAULT_EXPLORATION, Exploration


@dataclass(frozen=True)
class Allowed:
    """What a filter leaves: only ``ids``, or everything but ``ids``. They are items, or users for segments."""

    ids: frozenset[str] = frozenset()
    only: bool = False

    def __contains__(self, each: str) -> bool:
        return (each in self.ids) is self.only


EVERYTHING = Allowed()


@dataclass(frozen=True)
class StreamedEvent:
    """An event that was put after the model was trained; ``timestamp`` is in epoch seconds."""

    item_id: str
    event_type: str
    timestamp: int
    event_value: float | None = None
    impression: tuple[str, ...] = ()


@dataclass(frozen=True)
class Query:
    """One question. Which members matter depends on the type of the recipe:

    USER_PERSONALIZATION ``user_id``; RELATED_ITEMS ``item_id``; PERSONALIZED_RANKING ``user_id`` and ``item_list``;
    POPULAR_ITEMS none; USER_SEGMENTATION ``item_id`` or ``item_attributes`` (ITEMS.field = "value" AND …).
    ``streamed`` has the user's events that the model does not know, oldest first; ``context`` is that of the request.
    """

    user_id: str = ""
    item_id: str = ""
    item_list: tuple[str, ...] = ()
    item_attributes: str = ""
    num_results: int = 25
    allowed: Allowed = EVERYTHING
    streamed: tuple[StreamedEvent, ...] = ()
    exploration: Exploration = DEFAULT_EXPLORATION
    context: Mapping[str, str] = field(default_factory=dict)
