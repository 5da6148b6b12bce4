"""Versions beside their verdicts and promotions: what the page says of each."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

Record = Mapping[str, Any]
RUN_KEY = re.compile(r"-(\d{8}T\d{6})-[0-9a-f]{8}(?:-\d+)?$")


class Standing(Enum):
    """What the gate, or a person, made of a version: its word, and the sign that tells it without its colour."""

    PASSED = ("passed", "✓")
    BLOCKED = ("blocked", "✕")
    LET_THROUGH = ("let through by hand", "!")
    HELD = ("held for the backtest", "…")
    NOT_JUDGED = ("not judged", "?")

    @property
    def word(self) -> str:
        """The word."""
        return self.value[0]

    @property
    def sign(self) -> str:
        """One character."""
        return self.value[1]

    @property
    def css(self) -> str:
        """The name of its class in the style sheet."""
        return self.name.lower().replace("_", "-")


@dataclass(frozen=True)
class Trained:
    """A version as Personalize knows it; `hours` and `metrics` are there once it is ACTIVE, `created` is aware."""

    arn: str
    name: str
    mode: str
    status: str
    created: datetime
    hours: float | None
    metrics: Mapping[str, float]
    failure: str | None = None


@dataclass(frozen=True)
class Allowed:
    """How low a metric of a version could be, and what it was held against, where its verdict says so."""

    champion: float
    threshold: float


@dataclass(frozen=True)
class Told:
    """A thing that was decided, when, and why."""

    what: str
    at: datetime | None = None
    why: str = ""


@dataclass(frozen=True)
class Version:
    """A version with its standing.

    story: each thing that was decided, oldest first. resolution: a sentence about what its verdict could not tell.
    """

    trained: Trained
    standing: Standing
    is_champion: bool
    story: Sequence[Told]
    allowed: Mapping[str, Allowed]
    resolution: str | None = None

    @property
    def id(self) -> str:
        """The last part of the ARN."""
        return self.trained.arn.rpartition("/")[2]

    @property
    def run_after(self) -> datetime | None:
        """When its run was due, to the second: a run names its version by it. None for a version made elsewhere."""
        found = RUN_KEY.search(self.trained.name)
        return datetime.strptime(f"{found[1]}+0000", "%Y%m%dT%H%M%S%z") if found else None

    @property
    def can_be_promoted(self) -> bool:
        """Whether the promote DAG would take it."""
        return self.trained.status == "ACTIVE" and not self.is_champion


def versions(
    trained: Iterable[Trained],
    verdicts: Iterable[Record],
    backtests: Iterable[Record],
    promotions: Iterable[Record],
    champion_arn: str | None,
) -> list[Version]:
    """Put together what is known of each version, oldest first; records of versions that are gone are left out."""
    judged = {record.get("solution_version_arn"): record for record in verdicts}
    tested = {record.get("solution_version_arn"): record for record in backtests}
    promoted: dict[Any, list[Record]] = {}
    for record in sorted(promotions, key=lambda each: str(each.get("at"))):
        promoted.setdefault(record.get("solution_version_arn"), []).append(record)
    return [
        _version(each, judged.get(each.arn), tested.get(each.arn), promoted.get(each.arn, []), champion_arn)
        for each in sorted(trained, key=lambda each: each.created)
    ]


def _version(
    trained: Trained,
    verdict: Record | None,
    backtest: Record | None,
    promotions: Sequence[Record],
    champion_arn: str | None,
) -> Version:
    return Version(
        trained=trained,
        standing=_standing(verdict, backtest, [record for record in promotions if not record.get("failure")]),
        is_champion=trained.arn == champion_arn,
        story=[
            *_judgement(trained, verdict),
            *_wait(backtest, verdict or {}),
            *(_promotion(record, verdict or {}) for record in promotions),
        ],
        allowed=_allowed(verdict or {}),
        resolution=(verdict or {}).get("resolution"),
    )


def _standing(verdict: Record | None, backtest: Record | None, promotions: Sequence[Record]) -> Standing:
    if verdict and verdict.get("passed"):
        return Standing.HELD if backtest and not backtest.get("closed_by") and not promotions else Standing.PASSED
    if promotions:
        return Standing.LET_THROUGH
    return Standing.BLOCKED if verdict else Standing.NOT_JUDGED


def _judgement(trained: Trained, verdict: Record | None) -> list[Told]:
    if verdict:
        warnings = [Told(str(warning)) for warning in verdict.get("warnings") or ()]
        return [Told(str(verdict.get("reason") or "The verdict gives no reason.")), *warnings]
    if trained.failure:
        return [Told(f"{trained.status}: {trained.failure}")]
    return [Told("No verdict is recorded." if trained.status == "ACTIVE" else f"{trained.status}: not judged yet.")]


def _wait(backtest: Record | None, verdict: Record) -> list[Told]:
    """How long a version is held, or how that ended."""
    if not backtest:
        return []
    if backtest.get("closed_by"):
        why = backtest.get("why") or "no reason given."
        return [] if why == verdict.get("reason") else [Told(f"Backtest: {why}")]
    if not backtest.get("since"):
        return [Told("Held for the backtest: users' recommendations are being asked for.")]
    return [Told("Held for the backtest since", datetime.fromisoformat(str(backtest["since"])))]


def _promotion(record: Record, verdict: Record) -> Told:
    failed = "Tried and rolled back" if record.get("rolled_back") else "Tried without success"
    reason = record.get("reason") or "no reason given"
    return Told(
        what=failed if record.get("failure") else "Promoted",
        at=datetime.fromisoformat(str(record["at"])) if record.get("at") else None,
        why="" if reason == verdict.get("reason") else str(reason),
    )


def _allowed(verdict: Record) -> dict[str, Allowed]:
    return {
        numbers["metric"]: Allowed(numbers["champion"], numbers["threshold"])
        for numbers in verdict.get("numbers") or ()
        if numbers.get("champion") is not None and numbers.get("threshold") is not None
    }
