"""Campaigns: a version that answers GetRecommendations and GetPersonalizedRanking."""

from typing import Any

from include.local_personalize.actions import inference_config
from include.local_personalize.call import Answer, Call
from include.local_personalize.engine import RECIPES
from include.local_personalize.errors import InvalidInput, ResourceInUse, ResourceNotFound
from include.local_personalize.jobs.beginning import CAMPAIGN_CHANGES, begin_campaign_update
from include.local_personalize.state import describing, updates
from include.local_personalize.state.arns import LATEST, RECIPE_PREFIX
from include.local_personalize.state.lifecycle import ACTIVE, CREATE_FAILED
from include.local_personalize.state.resources import Resource

KIND = "campaign"
SEGMENTATION = "USER_SEGMENTATION"


def create_campaign(call: Call) -> Answer:
    wanted = call.request["solutionVersionArn"]
    version = _version(call, wanted)
    config = call.request.get("campaignConfig", {})
    _check_config(version, config, follows=wanted.endswith(LATEST))
    arn = call.arns.of(KIND, call.request["name"])
    body = {"minProvisionedTPS": 1} | call.request | {"campaignArn": arn, "solutionVersionArn": version.arn}
    call.create(KIND, arn, body, version.parent)
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
    changes = {name: call.request[name] for name in CAMPAIGN_CHANGES if name in call.request}
    serving = updates.serving(campaign, call.now)
    followed = bool(serving.get("campaignConfig", {}).get("syncWithLatestSolutionVersion"))
    wanted = changes.get("solutionVersionArn")
    version = _version(call, wanted or serving["solutionVersionArn"])
    if wanted:
        changes["solutionVersionArn"] = version.arn
    config = (serving | changes).get("campaignConfig", {})
    _check_config(version, config, follows=wanted.endswith(LATEST) if wanted else followed)
    begun = begin_campaign_update(campaign, changes, call.now, call.service.conditions)
    call.resources.change(campaign.arn, parent=version.parent, **begun)
    return {"campaignArn": campaign.arn}


def delete_campaign(call: Call) -> Answer:
    campaign = call.resources.get(call.request["campaignArn"], KIND)
    updates.refuse_updating(campaign, call.now)
    return call.delete(campaign)


def _described(call: Call, campaign: Resource) -> dict[str, Any]:
    return describing.full(campaign, call.now) | updates.serving(campaign, call.now)


def _version(call: Call, arn: str) -> Resource:
    """The version of this ARN, or the latest ACTIVE one of `<solution>/$LATEST`; campaigns serve no other."""
    if not arn.endswith(LATEST):
        return call.active(arn, "solution-version")
    solution = call.resources.get(arn.removesuffix(LATEST), "solution")
    version = call.resources.latest_active_version(solution.arn)
    if version is None:
        raise ResourceNotFound(arn)
    return version


def _check_config(version: Resource, config: dict[str, Any], *, follows: bool) -> None:
    """Raise InvalidInput for what the version's recipe does not have."""
    recipe = RECIPES[version.body["recipeArn"].removeprefix(RECIPE_PREFIX)]
    if recipe.type == SEGMENTATION:
        raise InvalidInput(f"Recipe {recipe.name} is for batch segment jobs; it cannot serve a campaign.")
    if config.get("syncWithLatestSolutionVersion") and not follows:
        raise InvalidInput(f"syncWithLatestSolutionVersion needs a solutionVersionArn that is <solution ARN>{LATEST}.")
    inference_config.check(recipe, "campaignConfig", config)
