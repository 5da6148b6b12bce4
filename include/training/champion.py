"""A version that serves or served, as the gate sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Metrics = Mapping[str, float]


@dataclass(frozen=True)
class Champion:
    """The metrics of a FULL version that serves or served, and its trainingHours, None where they are not known.

    data: facts of what it was trained on, empty where they are not known.
    let_through: the gate had blocked it and a person promoted it, so that what was before it no longer counts as level.
    """

    metrics: Metrics
    let_through: bool = False
    hours: float | None = None
    data: Metrics = field(default_factory=dict)
