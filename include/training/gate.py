"""The gate: whether a new solution version may take the champion's place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from include.config.groups import Gate
from include.training.lineage import Version, root

Metrics = Mapping[str, float]


@dataclass(frozen=True)
class Verdict:
    """A judgement: whether the version passed, and why in a sentence."""

    passed: bool
    reason: str
    metrics: Metrics = field(default_factory=dict)
    champion_metrics: Metrics = field(default_factory=dict)


def judge_full(rules: Gate, challenger: Metrics, champion: Metrics | None) -> Verdict:
    """Judge a FULL version by its metrics, against floors and against the champion's metrics.

    Metrics are as GetSolutionMetrics gives them. `champion` is None where nothing serves yet: floors alone decide then.
    A rule whose metric either side lacks is not met.
    """
    problems = [problem for metric, floor in rules.floors.items() if (problem := _below(metric, challenger, floor))]
    if champion is not None:
        problems += [
            problem
            for metric, allowed in rules.max_drop.items()
            if (problem := _dropped(metric, challenger, champion, allowed))
        ]
    if problems:
        reason = f"Blocked: {'; '.join(problems)}."
    elif champion is None:
        reason = f"Passed: the first version, judged by floors alone ({_floors(rules)})."
    else:
        reason = f"Passed: {_compared(rules, challenger, champion)}."
    return Verdict(not problems, reason, challenger, champion or {})


def judge_update(history: Sequence[Version], challenger_arn: str, champion_arn: str | None) -> Verdict:
    """Judge an UPDATE version by what can differ: it must be ACTIVE and stand on the FULL version that serves.

    Its metrics are those of its FULL parent, so that comparing them would compare the parent with itself.
    """
    challenger = next((version for version in history if version.arn == challenger_arn), None)
    if challenger is None or challenger.status != "ACTIVE":
        return Verdict(False, f"Blocked: {challenger_arn} is not an ACTIVE version of the solution.")
    if champion_arn is None:
        return Verdict(False, "Blocked: nothing serves yet, and an UPDATE cannot be the first. Train a FULL version.")
    parent, champion_root = root(history, challenger_arn), root(history, champion_arn)
    if parent is None or parent != champion_root:
        updates, serves = (found.id if found else "that is unknown" for found in (parent, champion_root))
        return Verdict(
            False, f"Blocked: it updates FULL version {updates}, but the campaign serves one of FULL version {serves}."
        )
    return Verdict(True, f"Passed: it updates FULL version {parent.id}, which the gate passed and the campaign serves.")


def as_record(verdict: Verdict, **context: Any) -> dict[str, Any]:
    """A verdict as a JSON record."""
    return {
        "passed": verdict.passed,
        "reason": verdict.reason,
        "metrics": dict(verdict.metrics),
        "champion_metrics": dict(verdict.champion_metrics),
        **context,
    }


def _below(metric: str, challenger: Metrics, floor: float) -> str | None:
    if metric not in challenger:
        return f"{metric} is missing, and a missing metric never passes"
    value = challenger[metric]
    return None if value >= floor else f"{metric} is {value:.4f}, below the floor of {floor:g}"


def _dropped(metric: str, challenger: Metrics, champion: Metrics, allowed: float) -> str | None:
    missing = [
        who for who, metrics in (("this version", challenger), ("the champion", champion)) if metric not in metrics
    ]
    if missing:
        return f"{metric} is missing for {' and '.join(missing)}, and a missing metric never passes"
    before, now = champion[metric], challenger[metric]
    if now >= round(before * (1 - allowed), 6):  # the service gives four decimals; binary fractions must not decide
        return None
    return f"{metric} fell by {1 - now / before:.0%}, from {before:.4f} to {now:.4f}; {allowed:.0%} is allowed"


def _floors(rules: Gate) -> str:
    return ", ".join(f"{metric} at least {floor:g}" for metric, floor in rules.floors.items()) or "none set"


def _compared(rules: Gate, challenger: Metrics, champion: Metrics) -> str:
    changes = [
        f"{metric} {challenger[metric]:.4f} against the champion's {champion[metric]:.4f}" for metric in rules.max_drop
    ]
    return ", ".join(changes) or f"all floors are met ({_floors(rules)})"
