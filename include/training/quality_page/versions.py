"""Versions beside their verdicts, promotions and challenges: what the page says of each."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from include.training.quality_page.stories import Record, Told, story
from include.training.quality_page.trained import Trained

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
class Allowed:
    """How low a metric of a version could be, and what it was held against, where its verdict says so."""

    champion: float
    threshold: float


@dataclass(frozen=True)
class Version:
    """A version with its standing.

    story: each thing that was decided, oldest first. resolution: a sentence about what its verdict could not tell.
    """

    trained: Trained
    standing: Standing
    is_champion: bool
    is_challenger: bool
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
    challenges: Iterable[Record],
    champion_arn: str | None,
    challenger_arn: str | None,
) -> list[Version]:
    """Put together what is known of each version, oldest first; records of versions that are gone are left out."""
    judged = {record.get("solution_version_arn"): record for record in verdicts}
    tested = {record.get("solution_version_arn"): record for record in backtests}
    promoted, challenged = list(promotions), list(challenges)
    return [
        _version(
            each,
            judged.get(each.arn),
            tested.get(each.arn),
            [record for record in promoted if record.get("solution_version_arn") == each.arn],
            challenged,
            champion_arn,
            challenger_arn,
        )
        for each in sorted(trained, key=lambda each: each.created)
    ]


def _version(
    trained: Trained,
    verdict: Record | None,
    backtest: Record | None,
    promotions: Sequence[Record],
    challenges: Sequence[Record],
    champion_arn: str | None,
    challenger_arn: str | None,
) -> Version:
    return Version(
        trained=trained,
        standing=_standing(verdict, backtest, [record for record in promotions if not record.get("failure")]),
        is_champion=trained.arn == champion_arn,
        is_challenger=trained.arn == challenger_arn,
        story=story(trained, verdict, backtest, promotions, challenges),
        allowed=_allowed(verdict or {}),
        resolution=(verdict or {}).get("resolution"),
    )


def _standing(verdict: Record | None, backtest: Record | None, promotions: Sequence[Record]) -> Standing:
    if verdict and verdict.get("passed"):
        return Standing.HELD if backtest and not backtest.get("closed_by") and not promotions else Standing.PASSED
    if promotions:
        return Standing.LET_THROUGH
    return Standing.BLOCKED if verdict else Standing.NOT_JUDGED


def _allowed(verdict: Record) -> dict[str, Allowed]:
    return {
        numbers["metric"]: Allowed(numbers["champion"], numbers["threshold"])
        for numbers in verdict.get("numbers") or ()
        if numbers.get("champion") is not None and numbers.get("threshold") is not None
    }
