"""Solutions: a recipe and its configuration, over the data of a group."""

from include.local_personalize import describing
from include.local_personalize.arns import RECIPE_PREFIX
from include.local_personalize.call import Answer, Call
from include.local_personalize.engine import RECIPES, check_solution_config
from include.local_personalize.errors import InvalidInput, not_offered
from include.local_personalize.resources import Resource

KIND = "solution"
DEFAULTS: Answer = {
    "performHPO": False,
    "performAutoML": False,
    "performAutoTraining": True,
    "performIncrementalUpdate": False,
}
NOT_OFFERED = ("performHPO", "performAutoML", "performIncrementalUpdate")


def create_solution(call: Call) -> Answer:
    group = call.active(call.request["datasetGroupArn"], "dataset-group")
    for member in NOT_OFFERED:
        if call.request.get(member):
            raise not_offered(member)
    recipe = call.request.get("recipeArn", "").removeprefix(RECIPE_PREFIX)
    if recipe not in RECIPES:
        offered = ", ".join(RECIPE_PREFIX + name for name in sorted(RECIPES))
        raise InvalidInput(f"recipeArn must be a recipe that the local Personalize offers: {offered}.")
    faults = check_solution_config(recipe, call.request.get("solutionConfig", {}))
    if faults:
        raise InvalidInput("; ".join(faults))
    arn = call.arns.of(KIND, call.request["name"])
    call.create(KIND, arn, DEFAULTS | call.request | {"solutionArn": arn}, group.arn)
    return {"solutionArn": arn}


def describe_solution(call: Call) -> Answer:
    solution = call.resources.get(call.request["solutionArn"], KIND)
    described = describing.full(solution, call.now)
    versions = call.resources.children("solution-version", solution.arn)
    if versions:
        latest = describing.full(versions[-1], call.now)
        described["latestSolutionVersion"] = describing.cut(latest, "SolutionVersionSummary")
    return {"solution": describing.cut(described, "Solution")}


def list_solutions(call: Call) -> Answer:
    return describing.page(call, KIND, call.request.get("datasetGroupArn"))


def delete_solution(call: Call) -> Answer:
    """Deletes the solution with all its versions."""
    solution = call.resources.get(call.request["solutionArn"], KIND)
    call.refuse_used_by(call.resources.children("campaign", solution.arn))
    versions: list[Resource] = call.resources.children("solution-version", solution.arn)
    for version in versions:
        call.refuse_in_transition([version, *call.resources.children("batch-inference-job", version.arn)])
    for version in versions:
        call.delete(version)
    return call.delete(solution)
