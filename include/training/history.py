"""What was decided: verdicts and promotions as JSON records in the workspace, one object each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from include.config.groups import Storage
from include.s3 import Place, json_records, write_json


def _folder(storage: Storage, what: str, solution: str) -> Place:
    return Place.of(storage.workspace) / "reports" / what / solution


def record_verdict(s3: Any, storage: Storage, solution: str, record: Mapping[str, Any]) -> str:
    """Keep a verdict under its version's id; judging again writes the same place. Returns the URI."""
    version_id = record["solution_version_arn"].rpartition("/")[2]
    return write_json(s3, _folder(storage, "verdicts", solution) / f"{version_id}.json", record)


def record_promotion(s3: Any, storage: Storage, solution: str, record: Mapping[str, Any]) -> str:
    """Keep a promotion under its run's key; the same run writes the same place. Returns the URI."""
    return write_json(s3, _folder(storage, "promotions", solution) / f"{record['run_key']}.json", record)


def promotion(run_key: str, at: datetime, version_arn: str, previous_arn: str | None, reason: str) -> dict[str, Any]:
    """Spell the record of a promotion."""
    return {
        "run_key": run_key,
        "at": at.isoformat(),
        "solution_version_arn": version_arn,
        "previous_arn": previous_arn,
        "reason": reason,
    }


def promotions(s3: Any, storage: Storage, solution: str) -> list[dict[str, Any]]:
    """Every promotion of a solution, oldest first."""
    return sorted(json_records(s3, _folder(storage, "promotions", solution)), key=lambda record: record["at"])


def previous_champion(history: Sequence[Mapping[str, Any]], champion_arn: str) -> str | None:
    """The version that served before the champion did, so that a roll-back repeated goes one step further back.

    The champion's first promotion tells: a later one may be a roll-back to it. None where nothing served before.
    """
    first = next((record for record in history if record["solution_version_arn"] == champion_arn), None)
    return first["previous_arn"] if first else None
