"""The Amazon Personalize API's own model, as installed with botocore: the schema of every request a user writes."""

import difflib
import functools
import re
from collections.abc import Mapping
from typing import Annotated, Any

import botocore.loaders
from botocore.model import ServiceModel, StructureShape
from botocore.validate import ParamValidator
from pydantic import AfterValidator

NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9\-_]{0,62}")
METRICS = (
    "coverage",
    "mean_reciprocal_rank_at_25",
    "normalized_discounted_cumulative_gain_at_5",
    "normalized_discounted_cumulative_gain_at_10",
    "normalized_discounted_cumulative_gain_at_25",
    "precision_at_5",
    "precision_at_10",
    "precision_at_25",
)

# Members the programme fills in by itself, and a value of their type so that the rest can be validated.
SUPPLIED: Mapping[str, Mapping[str, Any]] = {
    "CreateDatasetGroup": {},
    "CreateSolution": {"datasetGroupArn": "-", "recipeArn": "-"},
    "CreateCampaign": {"solutionVersionArn": "-"},
    "CreateBatchInferenceJob": {
        "jobName": "-",
        "solutionVersionArn": "-",
        "jobInput": {"s3DataSource": {"path": "-"}},
        "jobOutput": {"s3DataDestination": {"path": "-"}},
        "roleArn": "-",
    },
}


@functools.cache
def personalize() -> ServiceModel:
    """The installed service model of `personalize`."""
    return ServiceModel(botocore.loaders.Loader().load_service_model("personalize", "service-2"), "personalize")


def check_request(operation: str, block: Mapping[str, Any]) -> Mapping[str, Any]:
    """Check a `create` block against the operation's input shape and give it back.

    Raises ValueError naming each wrong member, what is allowed, and who supplies the ones that are not the user's.
    """
    shape = personalize().operation_model(operation).input_shape
    problems = []
    supplied = SUPPLIED[operation]
    for member in block:
        if member in supplied:
            problems.append(f"{member} is supplied by the programme: take it out")
        elif member not in shape.members:
            problems.append(_unknown(member, shape))
    known = {member: value for member, value in block.items() if member in shape.members and member not in supplied}
    report = ParamValidator().validate({**supplied, **known}, shape)
    if report.has_errors():
        problems += [line.strip() for line in report.generate_report().splitlines()]
    if "name" in block and not (isinstance(block["name"], str) and NAME.fullmatch(block["name"])):
        problems.append(f"name {block['name']!r}: allowed: 1 to 63 letters, digits, - and _, first a letter or digit")
    if problems:
        raise ValueError(f"{operation}: {'; '.join(problems)}")
    return block


def _unknown(member: str, shape: StructureShape) -> str:
    near = difflib.get_close_matches(member, shape.members, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"Allowed: {', '.join(sorted(shape.members))}"
    return f"{member} is no member the installed botocore knows (a newer boto3 may). {hint}"


def _checked(operation: str) -> AfterValidator:
    return AfterValidator(functools.partial(check_request, operation))


def _solution_request(block: dict[str, Any]) -> dict[str, Any]:
    if block.get("performAutoTraining"):
        raise ValueError(
            "performAutoTraining: versions the service trains pass no gate. Allowed: false, or leave it out"
        )
    if block.get("performAutoML"):
        raise ValueError("performAutoML: it chooses the recipe by itself. Allowed: false, with `recipe` named")
    return {"performAutoTraining": False, **block}


def _campaign_request(block: dict[str, Any]) -> dict[str, Any]:
    if block.get("campaignConfig", {}).get("syncWithLatestSolutionVersion"):
        raise ValueError("syncWithLatestSolutionVersion: the campaign would follow versions that the gate blocked. "
                         "Allowed: false, or leave it out")  # fmt: skip
    return block


CreateDatasetGroup = Annotated[dict[str, Any], _checked("CreateDatasetGroup")]
CreateSolution = Annotated[dict[str, Any], _checked("CreateSolution"), AfterValidator(_solution_request)]
CreateCampaign = Annotated[dict[str, Any], _checked("CreateCampaign"), AfterValidator(_campaign_request)]
CreateBatchInferenceJob = Annotated[dict[str, Any], _checked("CreateBatchInferenceJob")]
