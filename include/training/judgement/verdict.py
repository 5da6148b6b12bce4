"""A judgement as a value: for the log, the record in the workspace, and the tags of the version."""

import math
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from include.training.champion import Metrics
from include.training.judgement.training_data import Change

# Amazon Personalize, TagResource: a value is up to 256 letters, digits, separators and _ . : / = + - @
LONGEST_TAG = 256
NOT_IN_TAGS = re.compile(r"[^\w .:/=+\-@]+")


@dataclass(frozen=True)
class Numbers:
    """One metric of a FULL version beside its champions; drops and changes are shares, None is not known.

    champion: that of the version that serves; usual, best: of the recent champions, geometric mean and maximum.
    allowed: the drop below the champion that is taken for chance. threshold: the least value that passes all three.
    learnt: where the tolerance comes from.
    """

    metric: str
    challenger: float | None
    champion: float | None
    usual: float | None
    best: float | None
    change: float | None
    allowed: float | None
    threshold: float | None
    learnt: str


@dataclass(frozen=True)
class Verdict:
    """A judgement: whether the version passed, and why in a sentence or two.

    resolution: a sentence about what cannot be told from noise; smallest_drop: the same as a share, None is not known.
    popularity_metrics: of aws-popularity-count, where the gate asks for it.
    data: facts of what it was trained on; data_changes: those that were held against the champions'.
    warnings: rules that ask for more than the noise allows, and what looks odd but does not block.
    """

    passed: bool
    reason: str
    metrics: Metrics = field(default_factory=dict)
    champion_metrics: Metrics = field(default_factory=dict)
    numbers: Sequence[Numbers] = ()
    resolution: str | None = None
    smallest_drop: float | None = None
    popularity_metrics: Metrics = field(default_factory=dict)
    data: Metrics = field(default_factory=dict)
    data_changes: Sequence[Change] = ()
    warnings: Sequence[str] = ()


def as_record(verdict: Verdict, **context: Any) -> dict[str, Any]:
    """A verdict as a JSON record."""
    return {
        "passed": verdict.passed,
        "reason": verdict.reason,
        "metrics": _finite(verdict.metrics),
        "champion_metrics": _finite(verdict.champion_metrics),
        "numbers": [asdict(each) for each in verdict.numbers],
        "resolution": verdict.resolution,
        "smallest_drop": verdict.smallest_drop,
        "popularity_metrics": _finite(verdict.popularity_metrics),
        "data": dict(verdict.data),
        "data_changes": [asdict(each) for each in verdict.data_changes],
        "warnings": list(verdict.warnings),
        **context,
    }


def as_tags(verdict: Verdict, judged_at: datetime) -> list[dict[str, str]]:
    """A verdict as tags of its version, in the characters and the length that Amazon takes."""
    spelled = {
        "verdict": "passed" if verdict.passed else "blocked",
        "judged_at": judged_at.isoformat(timespec="seconds"),
        "reason": verdict.reason,
    }
    return [{"tagKey": key, "tagValue": _allowed(value)} for key, value in spelled.items()]


def _finite(metrics: Metrics) -> dict[str, float | None]:
    return {metric: value if math.isfinite(value) else None for metric, value in metrics.items()}  # JSON has no NaN


def _allowed(value: str) -> str:
    words = NOT_IN_TAGS.sub(" ", value.replace("%", " percent")).split()
    return " ".join(words)[:LONGEST_TAG].strip()
