"""What was decided: verdicts, promotions and challenges as JSON records in the workspace, one object each."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from include.config import Storage
from include.s3 import Place, json_records, read_json, write_json
from include.training.lineage import Version, root
from include.training.role import Role

MOVES = {Role.CHAMPION: "promotions", Role.CHALLENGER: "challenges"}  # the folders of their records
RECENT = 12  # champions that a version is judged by: about a quarter of a year of weekly FULL versions


def folder(storage: Storage, what: str, solution: str) -> Place:
    """Where the records of one kind are kept of a solution."""
    return Place.of(storage.workspace) / "reports" / what / solution


def of_version(storage: Storage, what: str, solution: str, version_arn: str) -> Place:
    """Where the record of one kind is kept of a version: under its id."""
    return folder(storage, what, solution) / f"{version_arn.rpartition('/')[2]}.json"


def of_run(storage: Storage, what: str, solution: str, run_key: str) -> Place:
    """Where the record of one kind is kept of a run: under its key."""
    return folder(storage, what, solution) / f"{run_key}.json"


def record_verdict(s3: Any, storage: Storage, solution: str, record: Mapping[str, Any]) -> str:
    """Keep a verdict under its version's id; judging again writes the same place. Returns the URI."""
    return write_json(s3, of_version(storage, "verdicts", solution, record["solution_version_arn"]), record)


def verdict(s3: Any, storage: Storage, solution: str, version_arn: str) -> dict[str, Any] | None:
    """The verdict on a version; None where it was never judged."""
    return read_json(s3, of_version(storage, "verdicts", solution, version_arn))


def verdicts(s3: Any, storage: Storage, solution: str) -> list[dict[str, Any]]:
    """Every verdict of a solution, by the ids of the versions."""
    return list(json_records(s3, folder(storage, "verdicts", solution)))


def champion_line(
    versions: Sequence[Version], champion_arn: str | None, verdict_on: Callable[[str], Mapping[str, Any] | None]
) -> list[tuple[Version, bool]]:
    """The FULL versions that served, newest first, at most RECENT: from the champion, each the one it was judged by.

    What was rolled back is not among them. The flag tells whether the gate had blocked the version, so that a person
    let it through. `verdict_on` gives the record of a verdict by the ARN of its version.
    """
    line: list[tuple[Version, bool]] = []
    while champion_arn and len(line) < RECENT:
        version = root(versions, champion_arn)
        if version is None or any(version == other for other, _ in line):
            break
        record = verdict_on(version.arn) or {}
        line.append((version, record.get("passed") is False))
        champion_arn = record.get("champion_arn")
    return line


def record_move(s3: Any, storage: Storage, role: Role, solution: str, record: Mapping[str, Any]) -> str:
    """Keep what a campaign was moved to under its run's key; the same run writes the same place. Returns the URI."""
    return write_json(s3, of_run(storage, MOVES[role], solution, record["run_key"]), record)


def move(run_key: str, at: datetime, version_arn: str | None, previous_arn: str | None, reason: str) -> dict[str, Any]:
    """Spell the record of a campaign's move; no version where the challenger's campaign was deleted."""
    return {
        "run_key": run_key,
        "at": at.isoformat(),
        "solution_version_arn": version_arn,
        "previous_arn": previous_arn,
        "reason": reason,
    }


def promotions(s3: Any, storage: Storage, solution: str) -> list[dict[str, Any]]:
    """Every promotion of a solution, oldest first."""
    return _moves(s3, storage, Role.CHAMPION, solution)


def challenges(s3: Any, storage: Storage, solution: str) -> list[dict[str, Any]]:
    """Every move of a solution's challenger, oldest first."""
    return _moves(s3, storage, Role.CHALLENGER, solution)


def previous_champion(history: Sequence[Mapping[str, Any]], champion_arn: str) -> str | None:
    """The version that served before the champion did, so that a roll-back repeated goes one step further back.

    The champion's first promotion tells: a later one may be a roll-back to it. None where nothing served before.
    """
    first = next((record for record in history if record["solution_version_arn"] == champion_arn), None)
    return first["previous_arn"] if first else None


def challenging(history: Sequence[Mapping[str, Any]]) -> str | None:
    """The version that challenges the champion, by the challenges, oldest first; None where none does."""
    stood = [record for record in history if not record.get("rolled_back")]
    return stood[-1]["solution_version_arn"] if stood else None


def _moves(s3: Any, storage: Storage, role: Role, solution: str) -> list[dict[str, Any]]:
    return sorted(json_records(s3, folder(storage, MOVES[role], solution)), key=lambda record: record["at"])
