"""Faults as JSON: what rules there are, and what is wrong with one."""

from collections.abc import Sequence
from typing import Any

from include.local_personalize.protocol.faults import REASONS, S3_KINDS, Faults, Rule
from include.local_personalize.protocol.service_models import operation_names

OF_OPERATIONS = {
    "throttling": "the call is refused with ThrottlingException",
    "limit_exceeded": "the call is refused with LimitExceededException",
    "internal_error": "the call is refused with InternalServerException, status 500",
    "connection_cut": "the connection is cut before anything is done",
    "answer_lost": "the call is done, and the connection cut before the answer",
    "slow_answer": "the call is done, and answered `seconds` later",
}
OF_RESOURCES = {
    "slow_states": "states last `pending_seconds` and `in_progress_seconds` of the service's clock",
    "create_failed": "creation ends CREATE FAILED with `reason`: a text, or a name for one of Amazon's",
    "update_failed": "an update ends CREATE FAILED with `reason`, and all stays as it was",
    "lost_s3_permission": "jobs that read or write S3 fail for want of privileges",
}
KINDS = (
    *S3_KINDS, "dataset-group", "dataset", "solution", "solution-version", "campaign", "recommender", "filter",
    "event-tracker", "metric-attribution",
)  # fmt: skip
UPDATED_KINDS = ("campaign", "recommender", "solution")
LONGEST = 1e9
DETAILS: dict[str, dict[str, Any]] = {
    "slow_answer": {"seconds": 1.0},
    "slow_states": {"pending_seconds": 0.0, "in_progress_seconds": 0.0},
    "create_failed": {"reason": "fewer_than_1000_interactions"},
    "update_failed": {"reason": "The update failed."},
}


def read(settings: Any) -> Faults:
    """Faults from a JSON list of rules, or an object {"seed": number, "rules": list}.

    Raises ValueError naming the rule and the key that is wrong, and what is allowed.
    """
    if isinstance(settings, dict) and settings.keys() <= {"seed", "rules"}:
        seed, rules = settings.get("seed", 0), settings.get("rules", [])
    else:
        seed, rules = 0, settings
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise ValueError(f"seed must be a whole number; it is {seed!r}")
    if not isinstance(rules, list):
        raise ValueError('faults are a list such as [{"fault": "throttling", "on": "PutEvents", "count": 3}]')
    return Faults([_rule(f"rule {number}", given) for number, given in enumerate(rules, 1)], seed)


def _rule(where: str, given: Any) -> Rule:
    if not isinstance(given, dict):
        raise ValueError(f"{where} must be a JSON object; it is {given!r}")
    fault = given.get("fault")
    if not isinstance(fault, str) or fault not in OF_OPERATIONS | OF_RESOURCES:
        raise ValueError(f"{where}: fault must be one of {', '.join(OF_OPERATIONS | OF_RESOURCES)}; it is {fault!r}")
    allowed = {"fault", "on", "matching", "probability", "count", *DETAILS.get(fault, {})}
    if unknown := given.keys() - allowed:
        raise ValueError(f"{where}: {', '.join(sorted(unknown))} is unknown; {fault} has {', '.join(sorted(allowed))}")
    subject, matching = given.get("on", "*"), given.get("matching", "*")
    subjects = _subjects(fault)
    if subject != "*" and subject not in subjects:
        raise ValueError(f"{where}: on must be * or one of {', '.join(subjects)}; it is {subject!r}")
    if not isinstance(matching, str):
        raise ValueError(f"{where}: matching must be a pattern of an ARN or name, such as *movies*; it is {matching!r}")
    probability = _number(where, "probability", given.get("probability", 1), 1)
    count = given.get("count")
    if count is not None and (isinstance(count, bool) or not isinstance(count, int) or count < 1):
        raise ValueError(f"{where}: count must be a whole number, 1 or more; it is {count!r}")
    return Rule(fault, subject, matching, probability, count, _details(where, fault, given))


def _subjects(fault: str) -> Sequence[str]:
    if fault in OF_OPERATIONS:
        return sorted(operation_names().values())
    return {"lost_s3_permission": S3_KINDS, "update_failed": UPDATED_KINDS}.get(fault, KINDS)


def _details(where: str, fault: str, given: dict[str, Any]) -> dict[str, Any]:
    """The members of one fault alone, with their defaults."""
    details: dict[str, Any] = {}
    for name, default in DETAILS.get(fault, {}).items():
        value = given.get(name, default)
        if isinstance(default, str):
            if not isinstance(value, str) or not value:
                raise ValueError(f"{where}: {name} must be a text, or one of {', '.join(REASONS)}; it is {value!r}")
            details[name] = value
        else:
            details[name] = _number(where, name, value, LONGEST)
    return details


def _number(where: str, name: str, value: Any, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise ValueError(f"{where}: {name} must be a number from 0 to {most:g}; it is {value!r}")
    return float(value)
