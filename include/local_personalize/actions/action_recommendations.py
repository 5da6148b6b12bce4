"""The actions that a user is the likeliest to take, from the version that a campaign serves."""

from uuid import uuid4

from include.local_personalize.call import Answer, Call
from include.local_personalize.datasets import put_data
from include.local_personalize.engine import EVERYTHING, Allowed, Query, StreamedEvent
from include.local_personalize.engine.next_best_action.next_best_action import NextBestAction
from include.local_personalize.errors import InvalidInput
from include.local_personalize.filters import InvalidExpression
from include.local_personalize.serving import endpoints, filtering
from include.local_personalize.serving.endpoints import Served

DEFAULT_RESULTS = 5
MOST_RESULTS = 100


def get_action_recommendations(call: Call) -> Answer:
    """Without actions that have expired, or that the user was occupied with within their REPEAT_FREQUENCY."""
    request = call.request
    if not request.get("campaignArn") or not request.get("userId"):
        raise InvalidInput("campaignArn and userId are required.")
    served = endpoints.campaign(call, request["campaignArn"])
    count = request.get("numResults") or DEFAULT_RESULTS
    if count > MOST_RESULTS:
        raise InvalidInput(f"numResults must be at most {MOST_RESULTS}.")
    if served.recipe.type != "PERSONALIZED_ACTIONS":
        raise InvalidInput(f"{served.recipe.name} is of type {served.recipe.type}, which has no actions to recommend.")
    model = served.model(call)
    assert isinstance(model, NextBestAction)
    user = served.known_as(call, request["userId"])
    streamed = _streamed(call, served)
    available = Allowed(model.unavailable(user, call.now, streamed))
    allowed = filtering.both(available, _filtered(call, served))
    ranking = model.answer(Query(user_id=user, num_results=count, allowed=allowed, streamed=streamed))
    scores = ranking.scores or []
    actions = [{"actionId": action, "score": score} for action, score in zip(ranking.items, scores, strict=True)]
    # Not remembered as that of items is: an action interaction has no attribution, and its impressions are not used.
    # Source: API reference, ActionInteraction.
    return {"actionList": actions, "recommendationId": f"RID-{uuid4()}"}


def _streamed(call: Call, served: Served) -> tuple[StreamedEvent, ...]:
    """The user's action interactions that were put after the training."""
    try:
        interactions = served.data.contents("ACTION_INTERACTIONS")
    except InvalidExpression:  # an optional dataset
        return ()
    after = served.owner.notes.get("put_action_seq", 0)
    user = call.request["userId"]
    return tuple(put_data.streamed(call.resources.connection, interactions.dataset_arn, user, after))


def _filtered(call: Call, served: Served) -> Allowed:
    values = call.request.get("filterValues", {})
    if "filterArn" not in call.request:
        if values:
            raise InvalidInput("filterValues needs filterArn.")
        return EVERYTHING
    group = served.owner.body["datasetGroupArn"]
    filter_ = filtering.usable(call, call.request["filterArn"], group, served.recipe)
    return filtering.allowed(served.data, filter_, values, call.request["userId"])
