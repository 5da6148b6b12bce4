"""Which version a campaign serves while it moves from one to another."""

from typing import Any

from include.local_personalize.lifecycle import Delays, Lifecycle
from include.local_personalize.resources import Resource

UPDATED = ("solutionVersionArn", "minProvisionedTPS", "campaignConfig")


def begin(changes: dict[str, Any], now: float, delays: Delays) -> dict[str, Any]:
    """The note of an update that starts now."""
    return {"members": changes, "lifecycle": vars(Lifecycle.begin("CREATE", now, delays)), "created": now}


def update_lifecycle(campaign: Resource) -> Lifecycle | None:
    """The lifecycle of the latest update, or None before the first."""
    update = campaign.notes.get("update")
    return Lifecycle(**update["lifecycle"]) if update else None


def serving(campaign: Resource, now: float) -> dict[str, Any]:
    """The campaign's members as they serve at this moment: those of the update once it is ACTIVE."""
    life = update_lifecycle(campaign)
    if life is None or life.in_transition(now):
        return campaign.body
    members: dict[str, Any] = campaign.notes["update"]["members"]
    return campaign.body | members


def summary(campaign: Resource, now: float) -> dict[str, Any] | None:
    """What latestCampaignUpdate shows: the members that the campaign is to have, and how far it is."""
    life = update_lifecycle(campaign)
    if life is None:
        return None
    update = campaign.notes["update"]
    target = campaign.body | update["members"]
    last = update["created"] if life.in_transition(now) else life.settles_at
    return {name: target[name] for name in UPDATED if name in target} | {
        "status": life.status(now),
        "creationDateTime": update["created"],
        "lastUpdatedDateTime": last,
    }
