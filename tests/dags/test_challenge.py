"""A challenger beside the champion, with real servers of S3, Personalize and mail: set, gone back, promoted, ended."""

from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowFailException

from amazon_personalize.hook import PersonalizeHook
from amazon_personalize.operators.campaign import PersonalizeDeployCampaignOperator
from dags.choosing import choose
from include.training import history
from include.training.role import Role
from tests.dags.promotions import PromotedShop
from tests.dags.running import run

# Airflow runs a DAG in one process by starlette's own test client.
pytestmark = pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient` is deprecated")


@pytest.fixture(scope="module")
def dag(airflow_database: None, promoted: PromotedShop) -> DAG:  # noqa: ARG001 - runs are kept in it
    from dags.challenge_champion import challenge_champion  # noqa: PLC0415 - it reads the settings

    return challenge_champion(promoted.group)


@pytest.fixture(scope="module", autouse=True)
def champion(promoted: PromotedShop) -> str:
    """What the champion's campaign serves, whatever is done with the challenger's."""
    made = promoted.shop.api.create_campaign(name=promoted.solution.campaign_name, solutionVersionArn=promoted.update)
    promoted.shop.settled("campaign", made["campaignArn"])
    return promoted.update


def challenge(promoted: PromotedShop, dag: DAG, version: str) -> tuple[str, dict[str, str]]:
    return run(dag, solution=promoted.solution.name, solution_version=version, reason="to see")


def among(tasks: dict[str, str], *states: str) -> set[str]:
    return {task for task, its in tasks.items() if its in states}


def challenger(promoted: PromotedShop) -> str | None:
    assert promoted.solution.challenger
    return PersonalizeHook().serving(promoted.solution.challenger.name)


def challenges(promoted: PromotedShop) -> list[dict[str, Any]]:
    return history.challenges(promoted.s3, promoted.group.storage, promoted.solution.name)


def chosen(promoted: PromotedShop, **changed: Any) -> dict[str, Any]:
    """What promote_solution_version promotes where it is given `challenger`."""
    solution = promoted.solution.model_copy(update=changed)
    params = {"solution_version": "challenger", "reason": "it won"}
    return choose(PersonalizeHook(), promoted.group, solution, Role.CHAMPION, params)


def test_where_there_is_no_challenger_none_is_promoted(promoted: PromotedShop) -> None:
    with pytest.raises(AirflowFailException, match=r"campaign .*-challenger is not there: it serves nothing\. Give it"):
        chosen(promoted)
    with pytest.raises(AirflowFailException, match="has no challenger in the file of group"):
        chosen(promoted, challenger=None)


def test_a_challenger_is_set_beside_the_champion(promoted: PromotedShop, dag: DAG, champion: str) -> None:
    state, tasks = challenge(promoted, dag, promoted.sound)

    assert (state, among(tasks, "failed", "upstream_failed")) == ("success", set())
    assert {"end_challenge", "delete_campaign", "record_end", "tell_roll_back"} <= among(tasks, "skipped")
    assert challenger(promoted) == promoted.sound
    (record,) = challenges(promoted)
    assert (record["solution_version_arn"], record["previous_arn"]) == (promoted.sound, None)
    assert record["probe"].startswith("The probe passed: 21 answers, ")
    assert promoted.campaign()["solutionVersionArn"] == champion
    assert promoted.records() == []


def test_one_that_recommends_what_nobody_imported_goes_back_and_is_told_once(
    promoted: PromotedShop, dag: DAG, champion: str
) -> None:
    state, tasks = challenge(promoted, dag, promoted.strange)

    assert state == "failed"
    assert among(tasks, "failed", "upstream_failed") == {"probe", "record_challenge", "tell_roll_back"}
    assert challenger(promoted) == promoted.sound
    assert challenges(promoted)[-1]["rolled_back"] is True
    ((subject, body),) = promoted.mails()
    assert subject == f"[airflow] {promoted.group.name}: challenger rolled back ({promoted.solution.name})"
    assert f"What serves now as the challenger: {promoted.sound}" in body
    assert f"trigger {promoted.group.name}.challenge_champion with its ARN" in body
    assert promoted.campaign()["solutionVersionArn"] == champion
    assert promoted.records() == []


def test_one_that_won_becomes_the_champion(promoted: PromotedShop) -> None:
    promoted_by_hand = chosen(promoted)
    PersonalizeDeployCampaignOperator(
        task_id="deploy",
        dataset_group=promoted.group.name,
        request=promoted_by_hand["campaign"],
        solution_version_arn=promoted_by_hand["solution_version_arn"],
        waiter_delay=1,
    ).execute({"ti": SimpleNamespace(xcom_push=lambda **_: None)})

    assert promoted_by_hand["reason"] == "it won"
    assert promoted.campaign()["solutionVersionArn"] == promoted.sound == challenger(promoted)


def test_the_end_deletes_the_challengers_campaign_and_leaves_the_champions(promoted: PromotedShop, dag: DAG) -> None:
    from dags.challenge_champion import served  # noqa: PLC0415 - it reads the settings

    block = promoted.group.dataset_group.model_copy(update={"create": {"name": "stranger"}})
    stranger = promoted.group.model_copy(update={"dataset_group": block})
    with pytest.raises(AirflowFailException, match="no version of dataset group stranger: it is not deleted"):
        served(stranger, promoted.solution)

    state, tasks = challenge(promoted, dag, "none")

    assert (state, among(tasks, "failed", "upstream_failed")) == ("success", set())
    assert {"choose_version", "deploy_campaign", "probe", "tell_roll_back"} <= among(tasks, "skipped")
    assert challenger(promoted) is None
    assert (promoted.campaign()["solutionVersionArn"], promoted.campaign()["status"]) == (promoted.sound, "ACTIVE")
    end = challenges(promoted)[-1]
    assert (end["solution_version_arn"], end["previous_arn"], end["reason"]) == (None, promoted.sound, "to see")
    assert served(promoted.group, promoted.solution) is None  # another `none` has nothing to write down
    assert promoted.mails() == []
