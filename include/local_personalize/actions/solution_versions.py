"""Solution versions: trained models and their offline metrics."""

from include.local_personalize.call import Answer, Call
from include.local_personalize.engine import RECIPES
from include.local_personalize.errors import InvalidInput, ResourceAlreadyExists, ResourceInUse
from include.local_personalize.jobs.beginning import new_version
from include.local_personalize.state import describing
from include.local_personalize.state.arns import RECIPE_PREFIX
from include.local_personalize.state.lifecycle import ACTIVE, CREATE_STOPPED
from include.local_personalize.state.resources import Resource

KIND = "solution-version"


def create_solution_version(call: Call) -> Answer:
    solution = call.active(call.request["solutionArn"], "solution")
    mode = call.request.get("trainingMode", "FULL")
    versions = call.resources.children(KIND, solution.arn)
    notes = {}
    if mode == "UPDATE":
        notes["full_version"] = _version_to_update(call, solution, versions).arn
    elif mode != "FULL":
        raise InvalidInput(f"trainingMode {mode} is the service's own; create versions with FULL or UPDATE.")
    body = new_version(solution, call.now, mode, "MANUAL") | call.request
    for version in versions:
        if version.body["name"] == body["name"]:
            raise ResourceAlreadyExists(version.arn)
    arn = body["solutionVersionArn"]
    call.create(KIND, arn, body, solution.arn, notes=notes, has_work=True)
    return {"solutionVersionArn": arn}


def _version_to_update(call: Call, solution: Resource, versions: list[Resource]) -> Resource:
    """The newest ACTIVE version with trainingMode FULL, which an UPDATE builds on."""
    recipe = solution.body["recipeArn"].removeprefix(RECIPE_PREFIX)
    if not RECIPES[recipe].update_allowed:
        raise InvalidInput(f"trainingMode UPDATE is not allowed for recipe {recipe}; use FULL.")
    for version in reversed(versions):
        if version.body["trainingMode"] == "FULL" and version.lifecycle.status(call.now) == ACTIVE:
            return version
    raise InvalidInput(f"{solution.arn} has no ACTIVE version with trainingMode FULL to update; create one first.")


def describe_solution_version(call: Call) -> Answer:
    version = call.resources.get(call.request["solutionVersionArn"], KIND)
    return {"solutionVersion": describing.cut(describing.full(version, call.now), "SolutionVersion")}


def list_solution_versions(call: Call) -> Answer:
    if "solutionArn" in call.request:
        call.resources.get(call.request["solutionArn"], "solution")
    return describing.page(call, KIND, call.request.get("solutionArn"))


def stop_solution_version_creation(call: Call) -> Answer:
    """A pending version is stopped at once, one in progress as soon as its training has been ended."""
    version = call.resources.get(call.request["solutionVersionArn"], KIND)
    life = version.lifecycle
    if life.status(call.now) not in ("CREATE PENDING", "CREATE IN_PROGRESS"):
        raise ResourceInUse(f"{version.arn} is {life.status(call.now)}; only a creation under way can be stopped.")
    if life.started and life.outcome is None:
        call.resources.change(version.arn, phase="CANCEL")
        call.after_commit.append(lambda: call.service.jobs.stop(version.arn))
    else:
        call.resources.change(version.arn, phase="CANCEL", outcome=CREATE_STOPPED)
    return {}


def get_solution_metrics(call: Call) -> Answer:
    """The eight metrics by name, in alphabetical order, rounded to 4 decimals; raises ResourceInUse before ACTIVE."""
    version = call.active(call.request["solutionVersionArn"], KIND)
    metrics = {name: round(value, 4) for name, value in sorted(version.notes["metrics"].items())}
    return {"solutionVersionArn": version.arn, "metrics": metrics}
