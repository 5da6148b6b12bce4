"""What people are told of a campaign's move that does not stand: what failed, what serves now, what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from include.training.probe_move import Move
from include.training.role import Role


@dataclass(frozen=True)
class Ending:
    """How a move ended: `what` is the subject's, `to_do` is what people should do about it."""

    what: str
    to_do: str


GONE_BACK = {
    Role.CHAMPION: Ending(
        "rolled back",
        "Customers see what they saw before; nothing is urgent. Look at what failed. To try the version again, trigger "
        "{group}.promote_solution_version with its ARN; otherwise mend the data and train FULL.",
    ),
    Role.CHALLENGER: Ending(
        "challenger rolled back",
        "The challenger's users see what they saw before, and the champion's nothing of it; nothing is urgent. Look at "
        "what failed. To try the version again, trigger {group}.challenge_champion with its ARN.",
    ),
}
NOTHING_BEFORE = {
    Role.CHAMPION: Ending(
        "promotion failed, nothing to go back to",
        "No other version served before, so that there is nothing to go back to: the campaign stays as it is. If it "
        "must not be seen, delete the campaign, or promote an ACTIVE version with {group}.promote_solution_version.",
    ),
    Role.CHALLENGER: Ending(
        "challenger failed, nothing to go back to",
        "No other version was the challenger before, so that there is nothing to go back to: its campaign stays as it "
        "is, and so does the champion's. Send all users to the champion's, and trigger {group}.challenge_champion with "
        "`none`, which deletes the challenger's campaign, or with another version.",
    ),
}
STUCK = {
    Role.CHAMPION: Ending(
        "ROLL-BACK FAILED",
        "This is urgent: the campaign is not where it should be. See what the log of roll_back says, then clear it, or "
        "promote {previous} with {group}.promote_solution_version.",
    ),
    Role.CHALLENGER: Ending(
        "CHALLENGER'S ROLL-BACK FAILED",
        "This is urgent: the challenger's campaign is not where it should be. Send all users to the champion's, which "
        "was not touched. See what the log of roll_back says, then clear it, or trigger {group}.challenge_champion "
        "with {previous}, or with `none`, which deletes the challenger's campaign.",
    ),
}


@dataclass(frozen=True)
class Outcome:
    """How a move ended that does not stand; `text` is the mail's."""

    rolled_back: bool
    failure: str
    subject: str
    text: str


def outcome(group: str, solution: str, role: Role, move: Move, campaign: Mapping[str, Any] | None) -> Outcome:
    """Tell the end of a move that failed, by what its campaign says of itself now."""
    serving = campaign["solutionVersionArn"] if campaign and campaign["status"] == "ACTIVE" else None
    rolled_back = move.has_way_back and serving == move.previous_arn
    endings = GONE_BACK if rolled_back else STUCK if move.has_way_back else NOTHING_BEFORE
    ending, failure = endings[role], move.failure or "Why is not known: the roll-back itself came to no end."
    lines = [
        f"{solution} was to serve {move.version_arn} as the {role}.",
        f"Why: {move.reason}",
        "",
        f"What failed: {failure}",
        f"What serves now as the {role}: {serving or 'nothing'}",
        f"What to do: {ending.to_do.format(group=group, previous=move.previous_arn)}",
    ]
    return Outcome(rolled_back, failure, f"[airflow] {group}: {ending.what} ({solution})", "\n".join(lines))
