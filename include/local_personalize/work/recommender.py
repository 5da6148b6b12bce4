"""The work of a recommender: its use case's custom recipe, trained from the data of a domain dataset group."""

from dataclasses import replace
from typing import Any

from include.local_personalize.engine import DOMAIN_RECIPES
from include.local_personalize.errors import WorkFailed
from include.local_personalize.state import updates
from include.local_personalize.state.arns import RECIPE_PREFIX
from include.local_personalize.state.data_folder import DataFolder
from include.local_personalize.state.resources import Resource, Resources
from include.local_personalize.work import training

KIND = "recommender"


def task(resources: Resources, resource: Resource, folder: DataFolder) -> dict[str, Any]:
    return training.task(resources, as_version(resource), folder)


def run(task: dict[str, Any]) -> dict[str, Any]:
    """As a solution version's; a failure is told in the words of recommenders."""
    try:
        return training.run(task)
    except WorkFailed as failure:
        raise WorkFailed(str(failure).removeprefix("Create failed. ")) from None


def settle(resources: Resources, resource: Resource, result: dict[str, Any]) -> dict[str, Any]:
    return {"notes": training.settle(resources, resource, result)["notes"]}


def as_version(recommender: Resource) -> Resource:
    """The recommender as if it were a version of a solution with its use case's recipe and event type."""
    use_case = DOMAIN_RECIPES[recommender.body["recipeArn"].removeprefix(RECIPE_PREFIX)].use_case
    if use_case is None:
        raise LookupError(f"{recommender.body['recipeArn']} has no use case")
    config = updates.wanted(recommender)["recommenderConfig"]
    body = {
        "recipeArn": RECIPE_PREFIX + use_case.trained_as,
        "datasetGroupArn": recommender.body["datasetGroupArn"],
        "solutionConfig": {name: config[name] for name in ("trainingDataConfig",) if name in config},
    }
    return replace(recommender, body=body | ({"eventType": use_case.event_type} if use_case.event_type else {}))
