"""Solutions: a recipe and its configuration, over the data of a group."""

from include.local_personalize.call import Answer, Call
from include.local_personalize.engine import RECIPES, check_solution_config
from include.local_personalize.errors import InvalidInput
from include.local_personalize.state import describing, updates
from include.local_personalize.state.arns import RECIPE_PREFIX
from include.local_personalize.state.resources import Resource

KIND = "solution"
DEFAULTS: Answer = {
    "performHPO": False,
    "performAutoML": False,
    "performAutoTraining": True,
    "performIncrementalUpdate": False,
}
UPDATED = ("performAutoTraining", "performIncrementalUpdate", "solutionUpdateConfig")


def create_solution(call: Call) -> Answer:
    group = call.active(call.request["datasetGroupArn"], "dataset-group")
    if call.request.get("performAutoML"):
        raise InvalidInput("performAutoML is not offered: AWS advises against it; name a recipe and use performHPO.")
    recipe = call.request.get("recipeArn", "").removeprefix(RECIPE_PREFIX)
    if recipe not in RECIPES:
        offered = ", ".join(RECIPE_PREFIX + name for name in sorted(RECIPES))
        raise InvalidInput(f"recipeArn must be a recipe that the local Personalize offers: {offered}.")
    if call.request.get("performHPO") and not RECIPES[recipe].tunable:
        raise InvalidInput(f"performHPO is not allowed for recipe {recipe}: it has no tunable hyperparameter.")
    _check(recipe, call.request, call.request.get("solutionConfig", {}))
    arn = call.arns.of(KIND, call.request["name"])
    call.create(KIND, arn, DEFAULTS | call.request | {"solutionArn": arn}, group.arn)
    return {"solutionArn": arn}


def update_solution(call: Call) -> Answer:
    """When training runs and how events weigh; everything else of a solution is for ever."""
    solution = call.active(call.request["solutionArn"], KIND)
    updates.refuse_updating(solution, call.now)
    shown = {name: call.request[name] for name in UPDATED if name in call.request}
    if not shown:
        raise InvalidInput(f"Nothing to update: give {', '.join(UPDATED[:-1])} or {UPDATED[-1]}.")
    changes = dict(shown)
    config = updates.serving(solution, call.now).get("solutionConfig", {}) | changes.pop("solutionUpdateConfig", {})
    _check(solution.body["recipeArn"].removeprefix(RECIPE_PREFIX), changes, config)
    if config:
        changes["solutionConfig"] = config
    failure = call.service.conditions.faults.update_failure(KIND, solution.arn)
    delays = call.delays_of(KIND, solution.arn)
    columns = updates.begin(solution, changes, shown, call.now, delays, failure=failure)
    call.resources.change(solution.arn, **columns)
    return {"solutionArn": solution.arn}


def describe_solution(call: Call) -> Answer:
    solution = call.resources.get(call.request["solutionArn"], KIND)
    described = describing.full(solution, call.now) | updates.serving(solution, call.now)
    described["latestSolutionUpdate"] = updates.summary(solution, call.now)
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
    updates.refuse_updating(solution, call.now)
    call.refuse_used_by(call.resources.children("campaign", solution.arn))
    versions: list[Resource] = call.resources.children("solution-version", solution.arn)
    for version in versions:
        call.refuse_in_transition([version, *call.batch_jobs(version.arn)])
    answer = call.delete(solution)
    for version in versions:
        call.delete(version)
    return answer


def _check(recipe: str, request: Answer, config: Answer) -> None:
    """Raise InvalidInput with every fault of a solution's members."""
    faults = check_solution_config(recipe, config)
    if request.get("performIncrementalUpdate"):
        faults.append(
            f"performIncrementalUpdate is not allowed for recipe {recipe}: only aws-semantic-similarity has it"
        )
    if faults:
        raise InvalidInput("; ".join(faults))
