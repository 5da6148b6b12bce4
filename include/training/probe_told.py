"""What people are told of a promotion that does not stand: what failed, what serves now, what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from include.training.probe_move import Move

GONE_BACK = (
    "Customers see what they saw before; nothing is urgent. Look at what failed. To try the version again, trigger "
    "{group}.promote_solution_version with its ARN; otherwise mend the data and train FULL."
)
NOTHING_BEFORE = (
    "No other version served before, so that there is nothing to go back to: the campaign stays as it is. If it must "
    "not be seen, delete the campaign, or promote an ACTIVE version with {group}.promote_solution_version."
)
STUCK = (
    "This is urgent: the campaign is not where it should be. See what the log of roll_back says, then clear it, or "
    "promote {previous} with {group}.promote_solution_version."
)


@dataclass(frozen=True)
class Outcome:
    """How a promotion ended that does not stand; `text` is the mail's."""

    rolled_back: bool
    failure: str
    subject: str
    text: str


def outcome(group: str, solution: str, move: Move, campaign: Mapping[str, Any] | None) -> Outcome:
    """Tell the end of a move that failed, by what its campaign says of itself now."""
    serving = campaign["solutionVersionArn"] if campaign and campaign["status"] == "ACTIVE" else None
    rolled_back = move.has_way_back and serving == move.previous_arn
    if rolled_back:
        what, to_do = "rolled back", GONE_BACK
    elif not move.has_way_back:
        what, to_do = "promotion failed, nothing to go back to", NOTHING_BEFORE
    else:
        what, to_do = "ROLL-BACK FAILED", STUCK
    failure = move.failure or "Why is not known: the roll-back itself came to no end."
    lines = [
        f"{solution} was to serve {move.version_arn}.",
        f"Why it was promoted: {move.reason}",
        "",
        f"What failed: {failure}",
        f"What serves now: {serving or 'nothing'}",
        f"What to do: {to_do.format(group=group, previous=move.previous_arn)}",
    ]
    return Outcome(rolled_back, failure, f"[airflow] {group}: {what} ({solution})", "\n".join(lines))
