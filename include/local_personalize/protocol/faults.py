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
from include.local_personalize.state.lifecycle import Delays

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
        return _reason(self.strikes("create_failed", kind, names))

    def update_failure(self, kind: str, arn: str) -> str | None:
        """The reason for which an update of a resource is to fail."""
        return _reason(self.strikes("update_failed", kind, [arn]))

    def shown(self) -> list[dict[str, Any]]:
        """The rules as JSON, with what is left of their counts."""
        return [
            {"fault": rule.fault, "on": rule.subject, "matching": rule.matching, "probability": rule.probability}
            | ({} if rule.left is None else {"count": rule.left})
            | rule.details
            for rule in self._rules
        ]


def _reason(rule: Rule | None) -> str | None:
    return REASONS.get(rule.details["reason"], rule.details["reason"]) if rule else None
