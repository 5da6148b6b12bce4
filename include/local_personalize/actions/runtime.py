"""Recommendations in real time, from the version that a campaign serves."""

from uuid import uuid4

from include.local_personalize import updates
from include.local_personalize.arns import RECIPE_PREFIX
from include.local_personalize.call import Answer, Call
from include.local_personalize.engine import RECIPES, Exploration, Query
from include.local_personalize.errors import InvalidInput, not_offered
from include.local_personalize.lifecycle import ACTIVE

DEFAULT_RESULTS = 25
MOST_RESULTS = 500
NOT_OFFERED = ("recommenderArn", "filterArn", "filterValues", "promotions", "context", "metadataColumns")


def get_recommendations(call: Call) -> Answer:
    request = call.request
    for member in NOT_OFFERED:
        if request.get(member):
            raise not_offered(member)
    if "campaignArn" not in request:
        raise InvalidInput("campaignArn is required.")
    campaign = call.resources.get(request["campaignArn"], "campaign")
    status = campaign.lifecycle.status(call.now)
    if status != ACTIVE:
        raise InvalidInput(f"{campaign.arn} must be ACTIVE; its status is {status}.")
    served = updates.serving(campaign, call.now)
    version = call.resources.get(served["solutionVersionArn"], "solution-version")
    recipe = RECIPES[version.body["recipeArn"].removeprefix(RECIPE_PREFIX)]
    if request.get("itemId"):
        raise InvalidInput(f"itemId is not used by recipes of type {recipe.type}.")
    if recipe.type == "USER_PERSONALIZATION" and not request.get("userId"):
        raise InvalidInput("userId is required.")
    count = request.get("numResults") or DEFAULT_RESULTS
    if count > MOST_RESULTS:
        raise InvalidInput(f"numResults must be at most {MOST_RESULTS}.")
    exploration = Exploration.of(served.get("campaignConfig", {}).get("itemExplorationConfig"))
    model = call.service.models.of(version)
    ranking = model.answer(Query(user_id=request.get("userId", ""), num_results=count, exploration=exploration))
    items: list[Answer] = [{"itemId": item} for item in ranking.items]
    for item, score in zip(items, ranking.scores or [], strict=bool(ranking.scores)):
        item["score"] = score
    return {"itemList": items, "recommendationId": f"RID-{uuid4()}"}
