"""What the demo promises, held against what has come of it."""

import json
from dataclasses import dataclass
from typing import Any

from include.config import DatasetGroup
from include.demo.facts import Delivery, Facts, Import, Training

ACCOUNTS = ("imported", "duplicate", "quarantined", "carried")


@dataclass(frozen=True)
class Promise:
    """A sentence that should be true, and whether it is."""

    sentence: str
    held: bool


def check(facts: Facts, group: DatasetGroup) -> list[Promise]:
    """Every promise, in the order of the story."""
    history, *nights = facts.imports
    first, update, blocked = facts.trainings
    solution = group.solutions[0]
    return [
        Promise("The history was imported FULL, the nights INCREMENTAL.", _modes_are_right(history, nights)),
        Promise(
            "Rows in are rows imported, duplicate or quarantined, in every import.", all(map(_adds_up, facts.imports))
        ),
        Promise("Imports started training by themselves.", all(map(_was_started_by_import, facts.trainings))),
        Promise("The first version trained FULL, passed the gate and serves.", _serves(first, "FULL")),
        Promise("The night's version trained UPDATE, passed the gate and serves.", _serves(update, "UPDATE")),
        Promise(
            "Every user's row, or the reason for none, is in the manifest, and the files hold just these rows.",
            facts.delivery is not None and _is_delivered(facts.delivery),
        ),
        Promise("After the bots a FULL version trained, and the gate blocked it.", _is_blocked(blocked)),
        Promise(
            "The campaign is unchanged by the blocked version.",
            blocked.champion_after is not None and blocked.champion_after == update.version_arn,
        ),
        Promise(
            f"An alert reached {group.alerts.to[0]}.",
            any(
                group.alerts.to[0] in str(mail["To"]) and group.name in str(mail["Subject"])
                for mail in facts.mails or []
            ),
        ),
        Promise(f"{solution.campaign_name} recommends.", facts.served is not None and bool(facts.served.titles)),
    ]


def _modes_are_right(history: Import, nights: list[Import]) -> bool:
    return set(history.jobs.values()) == {"FULL"} and all(
        set(night.jobs.values()) == {"INCREMENTAL"} for night in nights
    )


def _adds_up(imported: Import) -> bool:
    """The report counts what was uploaded, and loses none of it."""
    return imported.run_state == "success" and all(
        rows == _count(imported.datasets.get(kind, {}), "rows_read")
        and rows == sum(_count(imported.datasets[kind], f"rows_{what}") for what in ACCOUNTS)
        for kind, rows in imported.rows_sent.items()
    )


def _count(report: dict[str, Any], what: str) -> int:
    return int(report.get(what, 0))


def _was_started_by_import(training: Training) -> bool:
    return training.run_type == "asset_triggered"


def _serves(training: Training, mode: str) -> bool:
    return (
        training.run_state == "success"
        and training.mode == mode
        and training.verdict.get("passed") is True
        and training.champion_after == training.version_arn
    )


def _is_blocked(training: Training) -> bool:
    return training.run_state == "failed" and training.mode == "FULL" and training.verdict.get("passed") is False


def _is_delivered(delivery: Delivery) -> bool:
    manifest = delivery.manifest
    return (
        delivery.run_state == "success"
        and manifest.get("rows", 0) > 0
        and manifest["users"] == manifest["rows"] + sum(manifest["rejected"].values())
        and manifest["rows"] == delivery.lines
        and manifest["bytes"] == delivery.bytes
        and all(isinstance(json.loads(row)["external_id"], str) for row in delivery.first_rows)
    )
