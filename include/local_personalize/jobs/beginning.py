"""What begins alike whether somebody asks for it or the schedule has it due: a version, and a campaign's update."""

from typing import Any

from include.local_personalize.protocol.conditions import Conditions
from include.local_personalize.state import updates
from include.local_personalize.state.arns import eight_hex, last_part
from include.local_personalize.state.resources import Resource

OF_THE_SOLUTION = (
    "solutionArn", "performHPO", "performAutoML", "performIncrementalUpdate",
    "recipeArn", "eventType", "datasetGroupArn", "solutionConfig",
)  # fmt: skip
CAMPAIGN_CHANGES = ("solutionVersionArn", "minProvisionedTPS", "campaignConfig")


def new_version(solution: Resource, now: float, mode: str, training_type: str) -> dict[str, Any]:
    """The members of a new version: those of its solution as of now, less the columns that came after it."""
    of_solution = updates.serving(solution, now)
    number = eight_hex()
    body = {member: of_solution[member] for member in OF_THE_SOLUTION if member in of_solution}
    if unseen := solution.notes.get("unseen_columns"):
        body["solutionConfig"] = _without_columns(body.get("solutionConfig", {}), unseen)
    return body | {
        "name": f"{last_part(solution.arn)}/{number}",
        "solutionVersionArn": f"{solution.arn}/{number}",
        "trainingMode": mode,
        "trainingType": training_type,
    }


def begin_campaign_update(
    campaign: Resource, changes: dict[str, Any], now: float, conditions: Conditions
) -> dict[str, Any]:
    """The columns of a campaign that starts to change now."""
    target = updates.serving(campaign, now) | changes
    shown = {name: target[name] for name in CAMPAIGN_CHANGES if name in target}
    delays = conditions.delays_of(campaign.kind, campaign.arn)
    failure = conditions.faults.update_failure(campaign.kind, campaign.arn)
    return updates.begin(campaign, changes, shown, now, delays, failure=failure)


def _without_columns(config: dict[str, Any], unseen: dict[str, list[str]]) -> dict[str, Any]:
    """The solutionConfig with these columns excluded, unless it says itself which are included."""
    data = config.get("trainingDataConfig", {})
    included = {dataset_type.upper() for dataset_type in data.get("includedDatasetColumns", {})}
    excluded = {each.upper(): names for each, names in data.get("excludedDatasetColumns", {}).items()}
    for dataset_type, names in unseen.items():
        if dataset_type not in included:
            excluded[dataset_type] = [*excluded.get(dataset_type, []), *names]
    return config | {"trainingDataConfig": data | {"excludedDatasetColumns": excluded}} if excluded else config
