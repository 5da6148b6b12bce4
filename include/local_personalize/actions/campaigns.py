"""Campaigns: a version that answers GetRecommendations."""

from typing import Any

from include.local_personalize import describing, updates
from include.local_personalize.arns import LATEST
from include.local_personalize.call import Answer, Call
from include.local_personalize.engine import Exploration
from include.local_personalize.errors import InvalidInput, ResourceInUse, not_offered
from include.local_personalize.lifecycle import ACTIVE, CREATE_FAILED
from include.local_personalize.resources import Resource

KIND = "campaign"
UPDATED = ("solutionVersionArn", "minProvisionedTPS", "campaignConfig")
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
    described["latestCampaignUpdate"] = updates.summary(campaign, call.now)
    return {"campaign": describing.cut(described, "Campaign")}


def list_campaigns(call: Call) -> Answer:
    return describing.page(call, KIND, call.request.get("solutionArn"), lambda campaign, _: _described(call, campaign))


def update_campaign(call: Call) -> Answer:
    """The campaign stays ACTIVE and serves what it served until latestCampaignUpdate is ACTIVE."""
    campaign = call.resources.get(call.request["campaignArn"], KIND)
    status = campaign.lifecycle.status(call.now)
    if status not in (ACTIVE, CREATE_FAILED):
        raise ResourceInUse(f"{campaign.arn} is {status}; it can be updated once it is ACTIVE or CREATE FAILED.")
    updates.refuse_updating(campaign, call.now)
    changes = {name: call.request[name] for name in UPDATED if name in call.request}
    parent = campaign.parent
    if "solutionVersionArn" in changes:
        parent = _version(call, changes["solutionVersionArn"]).parent
    _check_config(changes.get("campaignConfig", {}))
    target = updates.serving(campaign, call.now) | changes
    shown = {name: target[name] for name in UPDATED if name in target}
    columns = updates.begin(campaign, changes, shown, call.now, call.delays)
    call.resources.change(campaign.arn, parent=parent, **columns)
    return {"campaignArn": campaign.arn}


def delete_campaign(call: Call) -> Answer:
    campaign = call.resources.get(call.request["campaignArn"], KIND)
    updates.refuse_updating(campaign, call.now)
    return call.delete(campaign)


def _described(call: Call, campaign: Resource) -> dict[str, Any]:
    return describing.full(campaign, call.now) | updates.serving(campaign, call.now)


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
