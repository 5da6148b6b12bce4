"""The version that a person has chosen to serve: found, and checked that it can."""

from collections.abc import Mapping
from typing import Any

from airflow.sdk.exceptions import AirflowFailException

from amazon_personalize import resources
from amazon_personalize.hook import PersonalizeHook
from dags.conventions import s3
from include.config import DatasetGroup, Solution
from include.training import history
from include.training.role import Role

PREVIOUS, CHALLENGER = "previous", "challenger"


def choose(
    hook: PersonalizeHook, group: DatasetGroup, solution: Solution, role: Role, params: Mapping[str, Any]
) -> dict[str, Any]:
    """What dags/promotion.py promotes, by a form's solution_version and reason.

    Raises AirflowFailException, saying why, where that version cannot serve.
    """
    champion_arn = hook.serving(solution.campaign_name)
    wanted = params["solution_version"]
    if wanted == PREVIOUS:
        wanted = _previous(group, solution, champion_arn)
    elif wanted == CHALLENGER:
        wanted = _challenger(hook, group, solution)
    version = hook.describe(resources.SOLUTION_VERSION, wanted)
    if version is None or version["solutionArn"] != hook.arn(resources.SOLUTION, solution.name):
        raise AirflowFailException(f"{wanted} is no version of solution {solution.name}.")
    if version["status"] != "ACTIVE":
        raise AirflowFailException(f"{wanted} is {version['status']}; only an ACTIVE version can serve.")
    return {
        "solution": solution.name,
        "campaign": role.campaign(solution).create,
        "solution_version_arn": wanted,
        "champion_arn": champion_arn,
        "reason": params["reason"],
    }


def _previous(group: DatasetGroup, solution: Solution, champion_arn: str | None) -> str:
    """The version that served before the champion."""
    kept = history.promotions(s3(), group.storage, solution.name)
    past = [record for record in kept if not record.get("failure")]  # what did not stand never served
    found = history.previous_champion(past, champion_arn) if champion_arn else None
    if found is None:
        raise AirflowFailException(f"Nothing served before {champion_arn}. Name a version by its ARN.")
    return found


def _challenger(hook: PersonalizeHook, group: DatasetGroup, solution: Solution) -> str:
    """The version that the challenger's campaign serves."""
    if solution.challenger is None:
        raise AirflowFailException(
            f"{solution.name} has no challenger in the file of {group.name}. Name a version by its ARN, or `previous`."
        )
    name = solution.challenger.name
    campaign = hook.describe(resources.CAMPAIGN, hook.arn(resources.CAMPAIGN, name))
    if campaign is None or campaign["status"] != "ACTIVE":
        raise AirflowFailException(
            f"The challenger's campaign {name} is {campaign['status'] if campaign else 'not there'}: it serves "
            f"nothing. Give it a version with {group.name}.challenge_champion, or name one by its ARN."
        )
    return str(campaign["solutionVersionArn"])
