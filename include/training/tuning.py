"""Tuned hyperparameters: when it is time to look for them again, and how they are proposed."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import yaml

from include.config import Solution, Storage
from include.config.solutions import TUNED
from include.s3 import write_json
from include.training import history
from include.training.lineage import Version

FIXED = "algorithmHyperParameters"
ADOPTED = re.compile(r"-tuned-\d{8}$")  # ends the name of a solution that has adopted what was proposed
LONGEST = 48  # of 63 letters, with such an end
SLACK = timedelta(hours=1)  # the clock's ticks are a few minutes early or late


def request(solution: Solution) -> dict[str, Any]:
    """The members of CreateSolution for the solution that is tuned: the same, but for what is looked for.

    It is one of its own, since the settings of a solution are for ever, and with performHPO every FULL would search.
    """
    config = {key: value for key, value in solution.create.get("solutionConfig", {}).items() if key != FIXED}
    rest = {key: value for key, value in solution.create.items() if key != "solutionConfig"}
    tuned = {"name": f"{_first_name(solution)}{TUNED}", "performHPO": True, "performAutoTraining": False}
    return rest | tuned | ({"solutionConfig": config} if config else {})


def is_due(every_days: int, history: Sequence[Version], now: datetime) -> bool:
    """Whether the last search was begun so many days ago, whatever came of it; the first one is due at once."""
    return not history or now - history[-1].created >= timedelta(days=every_days) - SLACK


def proposal(solution: Solution, version: Mapping[str, Any], metrics: Mapping[str, float]) -> str:
    """The tuned values of a described version as YAML to be pasted, with what they reached and what adopting means."""
    tuned, name = version["tunedHPOParams"][FIXED], _first_name(solution)
    name = f"{name[:LONGEST]}-tuned-{version['creationDateTime']:%Y%m%d}"
    config = {**solution.create.get("solutionConfig", {}), FIXED: dict(tuned)}
    create = {"create": {**solution.create, "name": name, "solutionConfig": config}}
    reached = "\n".join(f"  {name:<45} {value:.4f}" for name, value in sorted(metrics.items()))
    return (
        f"Hyperparameters were tuned for {solution.name}. Reached with them:\n\n{reached}\n\n"
        "To train with them from now on, put this under the solution. It needs a new name, since Personalize never "
        "changes a solution's settings; the campaign\nkeeps its own, and the gate holds the first version of the new "
        "solution against what serves.\n\n"
        f"{yaml.safe_dump(create, sort_keys=False, allow_unicode=True)}"
    )


def record(s3: Any, storage: Storage, solution: Solution, version: Mapping[str, Any], proposed: str) -> str:
    """Keep a proposal under its version's id; returns the URI."""
    arn = version["solutionVersionArn"]
    kept = {
        "solution": solution.name,
        "solution_version_arn": arn,
        "tuned": version["tunedHPOParams"][FIXED],
        "training_hours": version.get("trainingHours"),
        "proposal": proposed,
    }
    return write_json(s3, history.of_version(storage, "tuning", solution.name, arn), kept)


def _first_name(solution: Solution) -> str:
    """The solution's name before it adopted anything: by that it goes on being tuned."""
    return ADOPTED.sub("", solution.name)
