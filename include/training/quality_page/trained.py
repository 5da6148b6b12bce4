"""A version as Personalize knows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Trained:
    """A version: `hours` and `metrics` are there once it is ACTIVE, `created` is aware."""

    arn: str
    name: str
    mode: str
    status: str
    created: datetime
    hours: float | None
    metrics: Mapping[str, float]
    failure: str | None = None
