"""Faults on request: what the service is told to do wrong, so that its callers can be tested.

A rule names a fault and whom it meets: an operation, or a kind of resource, each `*` for all; it may be limited to
ARNs and names that fit a pattern, to a count, and to a probability. Rules live as long as the process.
"""

import random
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from include.local_personalize.errors import InternalServer, LimitExceeded, Throttled
from include.local_personalize.lifecycle import Delays
from include.local_personalize.service_models import operation_names

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
    "lost_s3_permission": "jobs that read or write S3 fail for want of privileges",
}
NO_PRIVILEGES = "Insufficient privileges for accessing data in Amazon S3."
REASONS = {
    "fewer_than_1000_interactions": "Create failed. Dataset has fewer than 1000 interactions.",
    "fewer_than_25_users": "Create failed. Dataset has fewer than 25 users with at least 2 interactions each.",
    "insufficient_privileges": NO_PRIVILEGES,
    "invalid_data_location": "Invalid Data location.",
    "invalid_s3_input_path": "Invalid S3 input path",
    "invalid_s3_output_path": "Invalid S3 output path",
    "missing_columns": "Input CSV is missing the following columns:[USER_ID, ITEM_ID].",
}
S3_KINDS = (
    "dataset-import-job", "dataset-export-job", "batch-inference-job", "batch-segment-job", "data-deletion-job",
)  # fmt: skip
KINDS = (
    *S3_KINDS, "dataset-group", "dataset", "solution", "solution-version", "campaign", "recommender", "filter",
    "event-tracker", "metric-attribution",
)  # fmt: skip
LONGEST = 1e9


@dataclass
class Rule:
    fault: str
    subject: str  # an operation's name, a kind of resource, or *
    matching: str = "*"
    probability: float = 1.0
    left: int | None = None  # how often it may still strike; None without end
    details: dict[str, Any] = field(default_factory=dict)

    def meets(self, fault: str, subject: str, names: Sequence[str]) -> bool:
        """Whether it is this rule's fault, leaving chance aside."""
        known = self.fault == fault and self.left != 0 and self.subject in ("*", subject)
        return known and (self.matching == "*" or any(fnmatchcase(name, self.matching) for name in names))


class Faults:
    """The rules in force; safe to ask from many threads. Chance is drawn from a seed, so that runs repeat."""

    def __init__(self, rules: Iterable[Rule] = (), seed: int = 0) -> None:
        self._rules = tuple(rules)
        self._dice = random.Random(seed)
        self._lock = threading.Lock()

    def strikes(self, fault: str, subject: str, names: Sequence[str]) -> Rule | None:
        """The first rule that strikes now, which costs it one of its count."""
        for rule in self._rules:
            if rule.meets(fault, subject, names):
                with self._lock:
                    if rule.left == 0 or self._dice.random() >= rule.probability:
                        continue
                    rule.left = None if rule.left is None else rule.left - 1
                return rule
        return None

    def refuse(self, operation: str, names: Sequence[str]) -> None:
        """Raise the error that a rule asks for in answer to this call."""
        if self.strikes("throttling", operation, names):
            raise Throttled("Rate exceeded")
        if self.strikes("limit_exceeded", operation, names):
            raise LimitExceeded("More than 5 resources with PENDING or IN_PROGRESS status.")
        if self.strikes("internal_error", operation, names):
            raise InternalServer("An internal error occurred. Try again.")

    def delays(self, kind: str, arn: str) -> Delays | None:
        """How long the states of a resource are to last."""
        rule = self.strikes("slow_states", kind, [arn])
        return Delays(**rule.details) if rule else None

    def failure(self, kind: str, names: Sequence[str]) -> str | None:
        """The reason for which the creation of a resource is to fail."""
        if kind in S3_KINDS and self.strikes("lost_s3_permission", kind, names):
            return NO_PRIVILEGES
        rule = self.strikes("create_failed", kind, names)
        return REASONS.get(rule.details["reason"], rule.details["reason"]) if rule else None

    def shown(self) -> list[dict[str, Any]]:
        """The rules as JSON, with what is left of their counts."""
        return [
            {"fault": rule.fault, "on": rule.subject, "matching": rule.matching, "probability": rule.probability}
            | ({} if rule.left is None else {"count": rule.left})
            | rule.details
            for rule in self._rules
        ]


def of(settings: Any) -> Faults:
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
    return S3_KINDS if fault == "lost_s3_permission" else KINDS


DETAILS: dict[str, dict[str, Any]] = {
    "slow_answer": {"seconds": 1.0},
    "slow_states": {"pending_seconds": 0.0, "in_progress_seconds": 0.0},
    "create_failed": {"reason": "fewer_than_1000_interactions"},
}


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
