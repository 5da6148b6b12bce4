"""What is killed, and where: the points of the matrix."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

VICTIMS = ("worker", "triggerer", "scheduler", "service")


@dataclass(frozen=True)
class Stage:
    """A place in a run: a task in a state and, for some, in the middle of an operation of the service.

    answers: seconds for which answers are held back, so that the place is met; states: seconds for which a kind of
    resource is in progress.
    """

    name: str
    task: str
    state: str = "running"
    operation: str | None = None
    answers: Mapping[str, float] = field(default_factory=dict)
    states: Mapping[str, float] = field(default_factory=dict)

    @property
    def faults(self) -> list[dict[str, Any]]:
        """The rules that make resources slow."""
        return [
            {"fault": "slow_states", "on": kind, "in_progress_seconds": seconds}
            for kind, seconds in self.states.items()
        ]


@dataclass(frozen=True)
class Kind:
    """A kind of run, and how it is documented to end; `change` is what the YAML of the solution says otherwise."""

    name: str
    change: Mapping[str, Mapping[str, Any]]
    run: str  # the state the run ends in
    serves: str  # the version it brought (new), or the one before (champion)
    passed: bool  # the verdict
    rolled_back: tuple[bool, ...]  # what each record of a promotion says
    mails: int


@dataclass(frozen=True)
class Point:
    """One kill of one run."""

    kind: Kind
    victim: str
    stage: Stage

    @property
    def name(self) -> str:
        """As --only takes it."""
        return f"{self.kind.name}/{self.victim}/{self.stage.name}"


def _held(name: str, task: str, operation: str, seconds: float) -> Stage:
    return Stage(name, task, operation=operation, answers={operation: seconds})


def _points(kind: Kind, stage: Stage, *victims: str) -> list[Point]:
    return [Point(kind, victim, stage) for victim in victims]


# Who is asked slowly is asked for few.
PROBE = {"users": 3}
HEALTHY = Kind(
    "healthy", {"campaign": {"probe": PROBE}}, run="success", serves="new", passed=True, rolled_back=(False,), mails=0
)
BLOCKED = Kind(
    "blocked",
    {"gate": {"floors": {"precision_at_25": 0.9}}, "campaign": {"probe": PROBE}},
    run="failed",
    serves="champion",
    passed=False,
    rolled_back=(),
    mails=1,
)
UNSEEMLY = Kind(
    "unseemly",
    {"campaign": {"probe": PROBE | {"max_latency_ms": 0.001}}},
    run="failed",
    serves="champion",
    passed=True,
    rolled_back=(True,),
    mails=1,
)

NOWHERE = Stage("nowhere", "")
ORDERING = _held("ordering", "train", "CreateSolutionVersion", 8)
TRAINING = Stage("training", "train", "deferred", states={"solution-version": 12})
JUDGING = _held("judging", "judge", "GetSolutionMetrics", 3)
TAGGING = _held("tagging", "judge", "TagResource", 5)
NOTING = _held("noting", "note_champion", "GetRecommendations", 1)
MOVING = _held("moving", "deploy_campaign", "UpdateCampaign", 8)
SETTLING = Stage("settling", "deploy_campaign", "deferred", states={"campaign": 12})
PROBING = _held("probing", "probe", "GetRecommendations", 1)
RECORDING = Stage("recording", "record_promotion")
ROLLING_BACK = _held("rolling back", "roll_back", "UpdateCampaign", 8)
GOING_BACK = Stage("going back", "roll_back", "deferred", states={"campaign": 12})
TELLING = Stage("telling", "tell_roll_back")

POINTS = [
    *_points(HEALTHY, ORDERING, "worker", "scheduler", "service"),
    *_points(HEALTHY, TRAINING, "triggerer", "scheduler", "service"),
    *_points(HEALTHY, JUDGING, *VICTIMS),
    *_points(HEALTHY, TAGGING, "worker"),
    *_points(BLOCKED, JUDGING, *VICTIMS),
    *_points(BLOCKED, TAGGING, "worker"),
    *_points(HEALTHY, NOTING, "worker"),
    *_points(HEALTHY, MOVING, *VICTIMS),
    *_points(HEALTHY, SETTLING, "triggerer", "service"),
    *_points(HEALTHY, PROBING, *VICTIMS),
    *_points(HEALTHY, RECORDING, "worker", "scheduler"),
    *_points(UNSEEMLY, ROLLING_BACK, "worker", "service"),
    *_points(UNSEEMLY, GOING_BACK, "triggerer"),
    *_points(UNSEEMLY, TELLING, "scheduler"),
]
