"""The states a resource runs through, derived from times and from the outcome of its work, never stored as text."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

from include.local_personalize.protocol.service_models import operation_names

ACTIVE = "ACTIVE"
CREATE_FAILED = "CREATE FAILED"
CREATE_STOPPED = "CREATE STOPPED"
INACTIVE = "INACTIVE"
SETTLED = (ACTIVE, CREATE_FAILED, CREATE_STOPPED, INACTIVE)


@dataclass(frozen=True)
class Delays:
    """How long states last at least, in seconds of the service's clock, and answers are held back, in real seconds.

    answer_seconds maps an operation's name to a delay between doing and answering it.
    """

    pending_seconds: float = 0.0
    in_progress_seconds: float = 0.0
    answer_seconds: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Any) -> Self:
        """Build from a JSON object; raises ValueError naming the key that is wrong and what is allowed."""
        names = [member.name for member in fields(cls)]
        if not isinstance(settings, dict) or (unknown := settings.keys() - set(names)):
            given = "a JSON object is needed" if not isinstance(settings, dict) else f"unknown: {sorted(unknown)}"
            raise ValueError(f"delays are {', '.join(names)}; {given}")
        answers = settings.get("answer_seconds", {})
        if not isinstance(answers, dict):
            raise ValueError('answer_seconds must be an object such as {"CreateSolutionVersion": 3}')
        if nameless := answers.keys() - set(operation_names().values()):
            raise ValueError(f"answer_seconds: no operation is called {', '.join(sorted(nameless))}")
        for name, seconds in [(name, settings.get(name, 0)) for name in names[:2]] + list(answers.items()):
            if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < 1e9:
                raise ValueError(f"{name} must be a number of seconds, 0 or more; it is {seconds!r}")
        return cls(**settings)


@dataclass(frozen=True)
class Lifecycle:
    """One passage through pending and in progress to an outcome."""

    phase: str  # CREATE, UPDATE, DELETE; STOP and START of a recommender; CANCEL of a version being created
    pending_until: float
    settles_at: float
    started: bool  # whether the work behind it has begun
    outcome: str | None  # None while the work behind it is not done

    @classmethod
    def begin(cls, phase: str, now: float, delays: Delays, *, has_work: bool = False, outcome: str = ACTIVE) -> Self:
        pending_until = now + delays.pending_seconds
        settles_at = pending_until + delays.in_progress_seconds
        return cls(phase, pending_until, settles_at, not has_work, None if has_work else outcome)

    def status(self, now: float) -> str:
        if self.phase == "CANCEL":
            return self.outcome or "CREATE STOPPING"
        if now < self.pending_until or not self.started:
            return f"{self.phase} PENDING"
        if now < self.settles_at or self.outcome is None:
            return f"{self.phase} IN_PROGRESS"
        return self.outcome

    def in_transition(self, now: float) -> bool:
        return self.status(now) not in SETTLED
