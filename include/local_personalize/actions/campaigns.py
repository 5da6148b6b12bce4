"""Campaigns: a version that answers GetRecommendations."""

from typing import Any

from include.local_personalize import campaign_updates, describing
from include.local_personalize.arns import LATEST
from include.local_personalize.call import Answer, Call
from include.local_personalize.engine import Exploration
from include.local_personalize.errors import InvalidInput, ResourceInUse, not_offered
from include.local_personalize.lifecycle import ACTIVE, CREATE_FAILED
from include.local_personalize.resources import Resource

KIND = "campaign"
NOT_OFFERED = ("enableMetadataWithRecommendations", "syncWithLatestSolutionVersion", "rankingInfluence")


def create_campaign(call: Call) -> Answer:
    version = _version(call, call.request["solutionVersionArn"])
    _check_config(call.request.get("campaignConfig", {}))
    arn = call.arns.of(KIND, call.request["name"])
    call.create(KIND, arn, {"minProvisionedTPS": 1} | call.request | {"campaignArn": arn}, version.parent)
    return {"campaignArn": arn}


def describe_campaign(call: Call) -> Answer:
    campaign = call.resources.get(call.request["campaignArn"], KIND)
    described = _described(call, campaign)
    described["latestCampaignUpdate"] = campaign_updates.summary(campaign, call.now)
    return {"campaign": describing.cut(described, "Campaign")}


def list_campaigns(call: Call) -> Answer:
    return describing.page(call, KIND, call.request.get("solutionArn"), lambda campaign, _: _described(call, campaign))


def update_campaign(call: Call) -> Answer:
    """The campaign stays ACTIVE and serves what it served until latestCampaignUpdate is ACTIVE."""
    campaign = call.resources.get(call.request["campaignArn"], KIND)
    status = campaign.lifecycle.status(call.now)
    if status not in (ACTIVE, CREATE_FAILED):
        raise ResourceInUse(f"{campaign.arn} is {status}; it can be updated once it is ACTIVE or CREATE FAILED.")
    _refuse_updating(call, campaign)
    changes = {name: call.request[name] for name in campaign_updates.UPDATED if name in call.request}
    parent = campaign.parent
    if "solutionVersionArn" in changes:
        parent = _version(call, changes["solutionVersionArn"]).parent
    _check_config(changes.get("campaignConfig", {}))
    body = campaign_updates.serving(campaign, call.now)
    notes = campaign.notes | {"update": campaign_updates.begin(changes, call.now, call.delays)}
    call.resources.change(campaign.arn, parent=parent, body=body, notes=notes)
    return {"campaignArn": campaign.arn}


def delete_campaign(call: Call) -> Answer:
    campaign = call.resources.get(call.request["campaignArn"], KIND)
    _refuse_updating(call, campaign)
    return call.delete(campaign)


def _described(call: Call, campaign: Resource) -> dict[str, Any]:
    return describing.full(campaign, call.now) | campaign_updates.serving(campaign, call.now)


def _refuse_updating(call: Call, campaign: Resource) -> None:
    life = campaign_updates.update_lifecycle(campaign)
    if life and life.in_transition(call.now):
        raise ResourceInUse(f"{campaign.arn} is being updated; wait until latestCampaignUpdate is ACTIVE.")


def _version(call: Call, arn: str) -> Resource:
    if arn.endswith(LATEST):
        raise not_offered(f"A campaign on {LATEST}")
    return call.active(arn, "solution-version")


def _check_config(config: dict[str, Any]) -> None:
    for member in NOT_OFFERED:
        if config.get(member):
            raise not_offered(f"campaignConfig.{member}")
    try:
        Exploration.of(config.get("itemExplorationConfig"))
    except ValueError as error:
        raise InvalidInput(f"campaignConfig.itemExplorationConfig: {error}") from None
