"""What a campaign, recommender or solution is while it moves from one configuration to another."""

from collections.abc import Mapping
from typing import Any

from include.local_personalize.errors import ResourceInUse
from include.local_personalize.state.lifecycle import ACTIVE, CREATE_FAILED, Delays, Lifecycle
from include.local_personalize.state.resources import Resource


def begin(
    resource: Resource,
    changes: Mapping[str, Any],
    shown: Mapping[str, Any],
    now: float,
    delays: Delays,
    *,
    has_work: bool = False,
    failure: str | None = None,
) -> dict[str, Any]:
    """The columns of a resource whose members start to change now; latest…Update shows the members of `shown`.

    An update that has work goes on until `ended`; one with the reason of a failure comes to nothing.
    """
    life = Lifecycle.begin(
        "CREATE", now, delays, has_work=has_work and not failure, outcome=CREATE_FAILED if failure else ACTIVE
    )
    update = {
        "members": dict(changes),
        "shown": dict(shown),
        "lifecycle": vars(life),
        "created": now,
        "failure_reason": failure,
    }
    return {"body": serving(resource, now), "notes": resource.notes | {"update": update}}


def ended(resource: Resource, outcome: str, failure_reason: str | None = None) -> dict[str, Any]:
    """The notes of a resource whose update's work is done; those that it has where no update waits for work."""
    update = resource.notes.get("update")
    if update is None or update["lifecycle"]["outcome"] is not None:
        return resource.notes
    life = update["lifecycle"] | {"started": True, "outcome": outcome}
    return resource.notes | {"update": update | {"lifecycle": life, "failure_reason": failure_reason}}


def is_updating(resource: Resource, now: float) -> bool:
    """Whether an update is under way."""
    life = _lifecycle(resource)
    return life is not None and life.in_transition(now)


def refuse_updating(resource: Resource, now: float) -> None:
    """Raise ResourceInUse while an update is under way."""
    if is_updating(resource, now):
        raise ResourceInUse(f"{resource.arn} is being updated; wait until its latest update is ACTIVE.")


def serving(resource: Resource, now: float) -> dict[str, Any]:
    """The resource's members as they hold at this moment: those of the update once it is ACTIVE."""
    life = _lifecycle(resource)
    return wanted(resource) if life and life.status(now) == ACTIVE else resource.body


def wanted(resource: Resource) -> dict[str, Any]:
    """The resource's members as they are to be once its update is ACTIVE."""
    members: dict[str, Any] = resource.notes.get("update", {}).get("members", {})
    return resource.body | members


def summary(resource: Resource, now: float) -> dict[str, Any] | None:
    """What latest…Update shows, or None before the first update."""
    life = _lifecycle(resource)
    if life is None:
        return None
    update = resource.notes["update"]
    shown: dict[str, Any] = update["shown"]
    if update.get("failure_reason") and life.status(now) == CREATE_FAILED:
        shown = shown | {"failureReason": update["failure_reason"]}
    return shown | {
        "status": life.status(now),
        "creationDateTime": update["created"],
        "lastUpdatedDateTime": update["created"] if life.in_transition(now) else life.settles_at,
    }


def _lifecycle(resource: Resource) -> Lifecycle | None:
    update = resource.notes.get("update")
    return Lifecycle(**update["lifecycle"]) if update else None
