"""Recommendations in real time, from what a campaign or recommender serves."""

import random
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from include.local_personalize.call import Answer, Call
from include.local_personalize.engine import EVERYTHING, Allowed, Query, Ranking
from include.local_personalize.errors import InvalidInput
from include.local_personalize.filters import InvalidExpression
from include.local_personalize.serving import endpoints, filtering, promotions
from include.local_personalize.serving.endpoints import Served

DEFAULT_RESULTS = 25
MOST_RESULTS = 500
MOST_WITH_METADATA = 50
MOST_COLUMNS = 10
NO_CONTEXT = ("USER_ID", "ITEM_ID", "TIMESTAMP")
PROMOTED = "Promoted Item"
PLACES = random.SystemRandom()


def get_recommendations(call: Call) -> Answer:
    request = call.request
    if ("campaignArn" in request) == ("recommenderArn" in request):
        raise InvalidInput("One of campaignArn and recommenderArn is required.")
    if "campaignArn" in request:
        served = endpoints.campaign(call, request["campaignArn"])
    else:
        served = endpoints.recommender(call, request["recommenderArn"])
    _check_subject(served, request)
    columns = _metadata_columns(served, request)
    count = request.get("numResults") or DEFAULT_RESULTS
    most = MOST_WITH_METADATA if columns else MOST_RESULTS
    if count > most:
        raise InvalidInput(f"numResults must be at most {most}{' with metadata' if columns else ''}.")
    query = {"num_results": count, "context": _context(served, request)}
    items = _recommended(call, served, query, _allowed(call, served, request))
    for promotion in request.get("promotions", []):
        promoted = _promoted(call, served, query, promotion)
        items = promotions.mixed(items, promoted, count, PLACES)
    source = request.get("campaignArn") or request["recommenderArn"]
    return {"itemList": _with_metadata(served, items, columns), "recommendationId": _remembered(call, source, items)}


def get_personalized_ranking(call: Call) -> Answer:
    request = call.request
    served = endpoints.campaign(call, request["campaignArn"])
    if served.recipe.type != "PERSONALIZED_RANKING":
        raise InvalidInput(f"{served.recipe.name} is of type {served.recipe.type}; use GetRecommendations.")
    columns = _metadata_columns(served, request)
    given, most = request["inputList"], MOST_WITH_METADATA if columns else MOST_RESULTS
    if not request["userId"] or not 1 <= len(given) <= most:
        raise InvalidInput(f"userId and 1 to {most} items in inputList are required; {len(given)} items given.")
    query = {"item_list": tuple(given), "num_results": len(given), "context": _context(served, request)}
    items = _recommended(call, served, query, _allowed(call, served, request))
    recommendation_id = _remembered(call, request["campaignArn"], items)
    return {"personalizedRanking": _with_metadata(served, items, columns), "recommendationId": recommendation_id}


def _remembered(call: Call, source: str, items: list[Answer]) -> str:
    """The id by which events may say that they follow this answer."""
    recommendation_id = f"RID-{uuid4()}"
    call.service.recommended.remember(recommendation_id, source, [item["itemId"] for item in items])
    return recommendation_id


def _check_subject(served: Served, request: Answer) -> None:
    recipe, use_case = served.recipe, served.recipe.use_case
    if recipe.type in ("PERSONALIZED_RANKING", "PERSONALIZED_ACTIONS"):
        other = "GetPersonalizedRanking" if recipe.type == "PERSONALIZED_RANKING" else "GetActionRecommendations"
        raise InvalidInput(f"{recipe.name} is of type {recipe.type}; use {other}.")
    item_required = use_case.item_required if use_case else recipe.type == "RELATED_ITEMS"
    user_required = use_case.user_required if use_case else recipe.type == "USER_PERSONALIZATION"
    if item_required and not request.get("itemId"):
        raise InvalidInput(f"itemId is required by {recipe.name}.")
    if user_required and not request.get("userId"):
        raise InvalidInput(f"userId is required by {recipe.name}.")
    if request.get("itemId") and not item_required:
        raise InvalidInput(f"itemId is not used by {recipe.name}, of type {recipe.type}.")


def _metadata_columns(served: Served, request: Answer) -> list[str]:
    given: dict[str, list[str]] = request.get("metadataColumns", {})
    if given.keys() - {"ITEMS"}:
        raise InvalidInput(f"metadataColumns can name columns of ITEMS only, not of {', '.join(given)}.")
    columns = given.get("ITEMS", [])
    if not columns:
        return []
    if not served.gives_metadata:
        raise InvalidInput("metadataColumns needs enableMetadataWithRecommendations in the configuration.")
    if len(columns) > MOST_COLUMNS:
        raise InvalidInput(f"metadataColumns names {len(columns)} columns; at most {MOST_COLUMNS} are allowed.")
    known = _columns(served, "ITEMS")
    if unknown := [name for name in columns if name not in known]:
        raise InvalidInput(f"{', '.join(unknown)} is no column of the Items dataset, which has {', '.join(known)}.")
    return columns


def _context(served: Served, request: Answer) -> dict[str, str]:
    context: dict[str, str] = request.get("context", {})
    if context:
        known = [name for name in _columns(served, "INTERACTIONS") if name not in NO_CONTEXT]
        if unknown := [name for name in context if name not in known]:
            raise InvalidInput(f"context: {', '.join(unknown)} is no column of metadata of the Interactions dataset.")
    return context


def _columns(served: Served, dataset_type: str) -> list[str]:
    try:
        return [column.name for column in served.data.contents(dataset_type).schema.columns]
    except InvalidExpression as error:
        raise InvalidInput(str(error)) from None


def _allowed(call: Call, served: Served, named: Answer) -> Allowed:
    """What the filter leaves that a request, or a promotion in it, names, and what a use case removes by itself."""
    user_id, item_id = call.request.get("userId", ""), call.request.get("itemId", "")
    left = served.removed(user_id) or EVERYTHING
    if "filterArn" not in named:
        if named.get("filterValues"):
            raise InvalidInput("filterValues needs filterArn.")
        return left
    filter_ = filtering.usable(call, named["filterArn"], served.owner.body["datasetGroupArn"], served.recipe)
    own = filtering.allowed(served.data, filter_, named.get("filterValues", {}), user_id, item_id)
    return filtering.both(left, own)


def _promoted(call: Call, served: Served, query: Answer, promotion: Answer) -> list[Answer]:
    if "filterArn" not in promotion or "percentPromotedItems" not in promotion:
        raise InvalidInput("A promotion needs filterArn and percentPromotedItems.")
    allowed = _allowed(call, served, promotion)
    count = promotions.places(promotion["percentPromotedItems"], query["num_results"])
    if not count:
        return []
    items = _recommended(call, served, query | {"num_results": count}, allowed)
    name = {"promotionName": promotion["name"]} if "name" in promotion else {}
    gives_reasons = served.recipe.name == "aws-user-personalization-v2"
    return [item | name | ({"reason": [PROMOTED]} if gives_reasons else {}) for item in items]


def _recommended(call: Call, served: Served, query: Answer, allowed: Allowed) -> list[Answer]:
    if allowed.only and not allowed.ids:
        return []
    user_id, item_id = call.request.get("userId", ""), call.request.get("itemId", "")
    ranking = served.model(call).answer(
        Query(
            user_id=served.known_as(call, user_id),
            item_id=item_id,
            allowed=allowed,
            streamed=served.streamed(call, user_id),
            exploration=served.exploration,
            **query,
        )
    )
    return _items(ranking, with_scores=served.recipe.use_case is None)


def _items(ranking: Ranking, *, with_scores: bool) -> list[Answer]:
    """Recommenders never give scores, whatever their model says."""
    items: list[Answer] = [{"itemId": item} for item in ranking.items]
    members: dict[str, Sequence[Any] | None] = {
        "score": ranking.scores if with_scores else None,
        "reason": ranking.reasons,
    }
    for name, values in members.items():
        for item, value in zip(items, values or [], strict=bool(values)):
            if value is not None and value != []:
                item[name] = value
    return items


def _with_metadata(served: Served, items: list[Answer], columns: list[str]) -> list[Answer]:
    if not columns:
        return items
    records = served.data.records("ITEMS")
    return [item | {"metadata": records.metadata(item["itemId"], columns)} for item in items]
