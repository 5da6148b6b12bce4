"""Which training a run pays for: FULL, UPDATE, or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from include.config import Cadence
from include.training.lineage import Version, newest_full, root

Requested = Literal["AUTO", "FULL", "UPDATE"]


class CadenceError(Exception):
    """A training was asked for that cannot be done; the message says what to ask for instead."""


@dataclass(frozen=True)
class Training:
    """The training to do; None is none. `reason` is a sentence for the log."""

    mode: Literal["FULL", "UPDATE"] | None
    reason: str


@dataclass(frozen=True)
class Situation:
    """What a run knows when it decides: its trigger, the solution's versions, and the version that serves."""

    requested: Requested
    by_clock: bool
    now: datetime
    history: Sequence[Version]
    champion_arn: str | None


def choose(cadence: Cadence, situation: Situation) -> Training:
    """Choose the training of a run.

    Raises CadenceError if UPDATE is asked for where there is no FULL version to update.
    """
    newest = newest_full(situation.history)
    if situation.requested == "FULL":
        return Training("FULL", "FULL was asked for.")
    if situation.requested == "UPDATE":
        if not cadence.update_between:
            raise CadenceError("This solution has no UPDATE: cadence.update_between is false. Ask for FULL.")
        if newest is None:
            raise CadenceError("There is no ACTIVE FULL version to update. Ask for FULL.")
        return Training("UPDATE", "UPDATE was asked for.")
    if newest is None:
        return Training("FULL", "There is no ACTIVE FULL version yet.")
    if situation.by_clock:
        return Training("FULL", "The weekly FULL is due by the clock.")
    age = situation.now - newest.created
    if age > timedelta(days=cadence.full_every_days):
        return Training(
            "FULL", f"The newest FULL version is {age.days} days old; {cadence.full_every_days} are allowed."
        )
    if not cadence.update_between:
        return Training(None, "A FULL version is recent enough, and this solution has no UPDATE in between.")
    champion_root = root(situation.history, situation.champion_arn) if situation.champion_arn else None
    if champion_root != newest:
        return Training(
            None,
            f"The newest FULL version, {newest.id}, is not the one that serves: an UPDATE would build on what the gate "
            "blocked. Mend the data and ask for FULL, or promote it.",
        )
    return Training("UPDATE", f"New data since FULL version {newest.id}, which is {age.days} days old.")
