"""Versions that are held until users have come back: what was asked for them, and what became of them.

A record lies in `<workspace>/reports/backtests/<solution>/<version id>.json`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from include.config import Storage
from include.s3 import json_records, read_json, write_json
from include.training import history
from include.training.backtest.paired import PairedVerdict


@dataclass(frozen=True)
class Held:
    """A version that passed the gate, and the champion that has answered for the same users.

    run_key: of the training run. questions: URI of the users asked for; champion_answers, challenger_answers: URIs of
    the folders of the answers. since: when both had answered, aware; None while they have not.
    closed_by: key of the run that ended the wait; why: how it ended, a sentence; verdict: if it was judged.
    """

    solution_version_arn: str
    champion_arn: str
    run_key: str
    users: int
    questions: str
    champion_answers: str
    challenger_answers: str
    since: datetime | None = None
    closed_by: str | None = None
    why: str | None = None
    verdict: PairedVerdict | None = None

    @property
    def waits(self) -> bool:
        """Whether it waits for users to come back."""
        return self.since is not None and self.closed_by is None


KIND = "backtests"  # of the records
_HELD = TypeAdapter(Held)


def write(s3: Any, storage: Storage, solution: str, held: Held) -> str:
    """Write the record and return its URI."""
    return write_json(
        s3, history.of_version(storage, KIND, solution, held.solution_version_arn), _HELD.dump_python(held, mode="json")
    )


def read(s3: Any, storage: Storage, solution: str, version_arn: str) -> Held | None:
    """Read the record of a version; None where it was never to be held."""
    found = read_json(s3, history.of_version(storage, KIND, solution, version_arn))
    return None if found is None else _HELD.validate_python(found)


def every(s3: Any, storage: Storage, solution: str) -> list[Held]:
    """Read every record of a solution."""
    return [_HELD.validate_python(found) for found in json_records(s3, history.folder(storage, KIND, solution))]


def sort_out(records: Sequence[Held], serving: str | None, run_key: str) -> tuple[Held | None, list[Held]]:
    """The version whose turn it is, if any, and those that wait in vain, closed.

    A newer version takes the place of an older one; a champion that is gone has nothing to be compared with.
    """
    waiting = sorted((held for held in records if held.waits), key=lambda held: str(held.since))
    if not waiting:
        return None, []
    *older, newest = waiting
    why = f"{newest.solution_version_arn} was trained since, and is held in its place."
    closed = [replace(held, closed_by=run_key, why=why) for held in older]
    if newest.champion_arn == serving:
        return newest, closed
    why = (
        f"{newest.champion_arn}, with which it was to be compared, serves no more: {serving or 'nothing'} does. "
        "Promote it by hand, or train FULL."
    )
    return None, [*closed, replace(newest, closed_by=run_key, why=why)]


def missing(held: Held, came_back: int, least_users: int, wait: timedelta, now: datetime) -> str | None:
    """What a version still waits for, in a sentence; None where it is to be judged."""
    wanted = min(least_users, held.users)
    if held.since is None or came_back >= wanted or now >= held.since + wait:
        return None
    return (
        f"{held.solution_version_arn} is held: {came_back:,} of {held.users:,} users asked for have come back, "
        f"{wanted:,} are waited for, until {held.since + wait:%Y-%m-%d %H:%M} UTC at most."
    )
