"""What was decided about a version, told in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from include.training.quality_page.trained import Trained

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """A thing that was decided, when, and why."""

    what: str
    at: datetime | None = None
    why: str = ""


def story(
    trained: Trained,
    verdict: Record | None,
    backtest: Record | None,
    promotions: Sequence[Record],
    challenges: Sequence[Record],
) -> list[Told]:
    """Tell each thing that was decided, oldest first.

    promotions: of this version. challenges: of the solution; those of this version are told.
    """
    moves = [(record, _promotion(record, verdict or {})) for record in promotions]
    moves += [(record, told) for record in challenges if (told := _challenge(record, trained.arn))]
    return [
        *_judgement(trained, verdict),
        *_wait(backtest, verdict or {}),
        *(told for _, told in sorted(moves, key=lambda move: str(move[0].get("at")))),
    ]


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
        at=_at(record),
        why="" if reason == verdict.get("reason") else str(reason),
    )


def _challenge(record: Record, version_arn: str) -> Told | None:
    """The way of a version to the challenger's campaign, or away from it; None where the record is of others."""
    if record.get("solution_version_arn") == version_arn:
        failed = "Tried as challenger and rolled back" if record.get("rolled_back") else "Tried as challenger in vain"
        what = failed if record.get("failure") else "Challenger since"
    elif record.get("previous_arn") == version_arn and not record.get("rolled_back"):
        what = "Challenger until"
    else:
        return None
    return Told(what, _at(record), str(record.get("reason") or "no reason given"))


def _at(record: Record) -> datetime | None:
    return datetime.fromisoformat(str(record["at"])) if record.get("at") else None
