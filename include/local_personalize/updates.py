"""What a campaign, recommender or solution is while it moves from one configuration to another."""

from collections.abc import Mapping
from typing import Any

from include.local_personalize.errors import ResourceInUse
from include.local_personalize.lifecycle import Delays, Lifecycle
from include.local_personalize.resources import Resource


def begin(
    resource: Resource, changes: Mapping[str, Any], shown: Mapping[str, Any], now: float, delays: Delays
) -> dict[str, Any]:
    """The columns of a resource whose members start to change now; latest…Update shows the members of `shown`."""
    life = Lifecycle.begin("CREATE", now, delays)
    update = {"members": dict(changes), "shown": dict(shown), "lifecycle": vars(life), "created": now}
    return {"body": serving(resource, now), "notes": resource.notes | {"update": update}}


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
    if life is None or life.in_transition(now):
        return resource.body
    members: dict[str, Any] = resource.notes["update"]["members"]
    return resource.body | members


def summary(resource: Resource, now: float) -> dict[str, Any] | None:
    """What latest…Update shows, or None before the first update."""
    life = _lifecycle(resource)
    if life is None:
        return None
    update = resource.notes["update"]
    shown: dict[str, Any] = update["shown"]
    return shown | {
        "status": life.status(now),
        "creationDateTime": update["created"],
        "lastUpdatedDateTime": update["created"] if life.in_transition(now) else life.settles_at,
    }


def _lifecycle(resource: Resource) -> Lifecycle | None:
    update = resource.notes.get("update")
    return Lifecycle(**update["lifecycle"]) if update else None
