"""Which training a run pays for: FULL, UPDATE, or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from include.config import Cadence
from include.training.lineage import Version, newest_full, root

Requested = Literal["AUTO", "FULL", "UPDATE"]
Clock = Literal["FULL", "UPDATE"]
FAILED = ("CREATE FAILED", "CREATE STOPPED")
SLACK = timedelta(minutes=30)  # an hour by the clock is a little less between two versions, or a little more


class CadenceError(Exception):
    """A training was asked for that cannot be done; the message says what to ask for instead."""


@dataclass(frozen=True)
class Training:
    """The training to do; None is none. `reason` is a sentence for the log."""

    mode: Literal["FULL", "UPDATE"] | None
    reason: str


@dataclass(frozen=True)
class Situation:
    """What a run knows when it decides: its trigger, the solution's versions, and the version that serves.

    clock: what the clock has started the run for; None for an import and for a person.
    """

    requested: Requested
    clock: Clock | None
    now: datetime
    history: Sequence[Version]
    champion_arn: str | None


def choose(cadence: Cadence, situation: Situation) -> Training:
    """Choose the training of a run.

    Raises CadenceError if UPDATE is asked for where there is no FULL version to update.
    """
    if situation.requested != "AUTO":
        return _as_asked(cadence, situation)
    if situation.clock == "FULL":
        return Training("FULL", "The FULL is due by the clock.")
    if situation.clock == "UPDATE" and not cadence.update_every_hours:
        return Training(None, "This hour is another solution's: this one has no cadence.update_every_hours.")
    return _full_out_of_turn(cadence, situation) or _update(cadence, situation)


def _as_asked(cadence: Cadence, situation: Situation) -> Training:
    if situation.requested == "UPDATE":
        if not cadence.update_between:
            raise CadenceError("This solution has no UPDATE: cadence.update_between is false. Ask for FULL.")
        if newest_full(situation.history) is None:
            raise CadenceError("There is no ACTIVE FULL version to update. Ask for FULL.")
    return Training("FULL" if situation.requested == "FULL" else "UPDATE", f"{situation.requested} was asked for.")


def _full_out_of_turn(cadence: Cadence, situation: Situation) -> Training | None:
    """The FULL that new data, or a tick that was missed, is to start; None where it can wait for its own.

    A failed one is tried again when data has landed, never by the hour: whatever made it fail is likely still there.
    """
    tried = [version for version in situation.history if version.mode == "FULL"]
    newest, allowed = newest_full(situation.history), timedelta(days=cadence.full_every_days)
    if situation.clock == "UPDATE":
        if tried and situation.now - tried[-1].created > allowed:
            return Training("FULL", f"The last FULL was begun more than {allowed.days} days ago.")
        return None
    if newest is None:
        return Training("FULL", "There is no ACTIVE FULL version yet.")
    if tried[-1].status in FAILED:
        return Training("FULL", f"The last FULL version, {tried[-1].id}, is {tried[-1].status}, and data has landed.")
    age = situation.now - newest.created
    if age > allowed:
        return Training("FULL", f"The newest FULL version is {age.days} days old; {allowed.days} are allowed.")
    return None


def _update(cadence: Cadence, situation: Situation) -> Training:
    newest = newest_full(situation.history)
    if newest is None:
        return Training(None, "There is no ACTIVE FULL version to update yet.")
    if not cadence.update_between:
        return Training(None, "A FULL version is recent enough, and this solution has no UPDATE in between.")
    champion_root = root(situation.history, situation.champion_arn) if situation.champion_arn else None
    if champion_root != newest:
        return Training(
            None,
            f"The newest FULL version, {newest.id}, is not the one that serves; an UPDATE would build on it. It was "
            "blocked or rolled back, or is held for its backtest. Mend the data and ask for FULL, promote it, or wait.",
        )
    last = situation.history[-1]
    if cadence.update_every_hours:
        least = timedelta(hours=cadence.update_every_hours)
        if situation.now - last.created < least - SLACK:
            return Training(
                None,
                f"Version {last.id} was begun at {last.created:%H:%M} UTC, less than {cadence.update_every_hours} "
                "hours ago: the clock's next UPDATE has what came since.",
            )
    age = situation.now - newest.created
    return Training("UPDATE", f"New data since FULL version {newest.id}, which is {age.days} days old.")
