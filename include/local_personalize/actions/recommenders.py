"""Recommenders: use cases of a domain, trained and served without solutions and campaigns."""

from typing import Any

from include.local_personalize.actions import inference_config
from include.local_personalize.call import Answer, Call
from include.local_personalize.engine import DOMAIN_RECIPES, Recipe, check_solution_config
from include.local_personalize.errors import InvalidInput, ResourceInUse
from include.local_personalize.jobs import schedule
from include.local_personalize.state import describing, updates
from include.local_personalize.state.arns import RECIPE_PREFIX
from include.local_personalize.state.lifecycle import ACTIVE, CREATE_FAILED, INACTIVE, Lifecycle
from include.local_personalize.state.resources import Resource

KIND = "recommender"
COLUMNS = "trainingDataConfig"
DEFAULTS: Answer = {"minRecommendationRequestsPerSecond": 1}


def create_recommender(call: Call) -> Answer:
    group = call.active(call.request["datasetGroupArn"], "dataset-group")
    domain = group.body.get("domain")
    if domain is None:
        raise InvalidInput(f"{group.arn} has no domain; recommenders are for domain dataset groups.")
    recipe = DOMAIN_RECIPES.get(call.request["recipeArn"].removeprefix(RECIPE_PREFIX))
    if recipe is None or recipe.domain != domain:
        offered = ", ".join(
            RECIPE_PREFIX + name for name, one in sorted(DOMAIN_RECIPES.items()) if one.domain == domain
        )
        raise InvalidInput(f"recipeArn must be a use case of domain {domain}: {offered}.")
    config = DEFAULTS | call.request.get("recommenderConfig", {})
    _check_config(recipe, config)
    arn = call.arns.of(KIND, call.request["name"])
    body = call.request | {"recommenderArn": arn, "recommenderConfig": config}
    call.create(KIND, arn, body, group.arn, has_work=True)
    return {"recommenderArn": arn}


def describe_recommender(call: Call) -> Answer:
    recommender = call.resources.get(call.request["recommenderArn"], KIND)
    described = _described(call, recommender)
    described["latestRecommenderUpdate"] = updates.summary(recommender, call.now)
    if described["status"] not in ("CREATE PENDING", "CREATE IN_PROGRESS", CREATE_FAILED):
        metrics = sorted(recommender.notes["metrics"].items())
        described["modelMetrics"] = {name: round(value, 4) for name, value in metrics}
    return {"recommender": describing.cut(described, "Recommender")}


def list_recommenders(call: Call) -> Answer:
    group = call.request.get("datasetGroupArn")
    return describing.page(call, KIND, group, lambda recommender, _: _described(call, recommender))


def update_recommender(call: Call) -> Answer:
    """The recommender stays ACTIVE, with its old configuration until latestRecommenderUpdate is ACTIVE.

    Other columns to train on are a reason to train anew, which the update takes as long as.
    """
    recommender = call.active(call.request["recommenderArn"], KIND)
    updates.refuse_updating(recommender, call.now)
    config = DEFAULTS | call.request["recommenderConfig"]
    _check_config(DOMAIN_RECIPES[recommender.body["recipeArn"].removeprefix(RECIPE_PREFIX)], config)
    columns_change = config.get(COLUMNS) != updates.serving(recommender, call.now)["recommenderConfig"].get(COLUMNS)
    changes, delays = {"recommenderConfig": config}, call.delays_of(KIND, recommender.arn)
    failure = call.service.conditions.faults.update_failure(KIND, recommender.arn)
    begun = updates.begin(recommender, changes, changes, call.now, delays, has_work=columns_change, failure=failure)
    call.resources.change(recommender.arn, **begun)
    if columns_change and not failure:
        schedule.retrain(call.resources, recommender)
    return {"recommenderArn": recommender.arn}


def stop_recommender(call: Call) -> Answer:
    return _turn(call, "STOP", ACTIVE, INACTIVE)


def start_recommender(call: Call) -> Answer:
    return _turn(call, "START", INACTIVE, ACTIVE)


def delete_recommender(call: Call) -> Answer:
    recommender = call.resources.get(call.request["recommenderArn"], KIND)
    updates.refuse_updating(recommender, call.now)
    return call.delete(recommender)


def _turn(call: Call, phase: str, needed: str, outcome: str) -> Answer:
    recommender = call.resources.get(call.request["recommenderArn"], KIND)
    status = recommender.lifecycle.status(call.now)
    if status != needed:
        raise ResourceInUse(f"{recommender.arn} must be {needed}; its status is {status}.")
    updates.refuse_updating(recommender, call.now)
    delays = call.delays_of(KIND, recommender.arn)
    call.resources.change(recommender.arn, lifecycle=Lifecycle.begin(phase, call.now, delays, outcome=outcome))
    return {"recommenderArn": recommender.arn}


def _described(call: Call, recommender: Resource) -> dict[str, Any]:
    return describing.full(recommender, call.now) | updates.serving(recommender, call.now)


def _check_config(recipe: Recipe, config: Answer) -> None:
    """Raise InvalidInput for what the use case does not have."""
    inference_config.check(recipe, "recommenderConfig", config)
    if recipe.use_case and "trainingDataConfig" in config:
        solution_config = {"trainingDataConfig": config["trainingDataConfig"]}
        if faults := check_solution_config(recipe.use_case.trained_as, solution_config):
            raise InvalidInput("; ".join(faults).replace("solutionConfig", "recommenderConfig"))
