"""Promotion, the one way a version comes to serve, by the gate or by a person; and the way back.

    note_champion >> deploy_campaign >> probe >> record_promotion
                                        probe >> find_way_back >> roll_back >> tell_roll_back

The second line is skipped unless the move or its probe failed, for whatever reason: a worker lost for good is one too.
Then the campaign goes back to what is noted as having served, and one mail tells it.

A challenger's campaign is moved in the same way: note_challenger is its first task, and record_challenge its last.
"""

from typing import Any

from airflow.sdk import Context, TriggerRule, chain, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from alerts.mail import TOLD
from amazon_personalize.names import run_key
from amazon_personalize.operators.campaign import PersonalizeDeployCampaignOperator
from dags.moves import Steps
from include.config import DatasetGroup
from include.training.role import Role

# What these tasks fail of is told by tell_roll_back or, where that cannot, by the run's own mail.
SILENT: dict[str, Any] = {"on_failure_callback": None}
RECORD = {Role.CHAMPION: "record_promotion", Role.CHALLENGER: "record_challenge"}
WHY = "why"  # the XCom of what a move failed of, where the campaign does not tell it


def keep_why(context: Context) -> None:
    """Keep a task's error for what tells of it."""
    if exception := context.get("exception"):
        context["ti"].xcom_push(key=WHY, value=str(exception))


def promote(group: DatasetGroup, chosen: Any, role: Role = Role.CHAMPION) -> PersonalizeDeployCampaignOperator:
    """Build the tasks that make the campaign of a role serve a version, probe it, and write it down or roll it back.

    `chosen` is the output of a task: solution, campaign (members of CreateCampaign), solution_version_arn, reason.
    """

    def steps(solution: str) -> Steps:
        return Steps(group, solution, run_key(get_current_context()["dag_run"]), role)

    @task(task_id=f"note_{role}")
    def note(promoted: dict[str, Any]) -> str:
        """Note what serves, and what it answers, before the campaign is moved; returns the solution's name."""
        solution = str(promoted["solution"])
        steps(solution).note(promoted["solution_version_arn"], promoted["reason"])
        return solution

    deploy_campaign = PersonalizeDeployCampaignOperator(
        task_id="deploy_campaign",
        dataset_group=group.name,
        request=chosen["campaign"],
        solution_version_arn=chosen["solution_version_arn"],
        on_failure_callback=[keep_why],
    )

    @task(**SILENT)
    def probe(solution: str) -> str:
        """Ask the campaign as an e-mail would; what nobody must see is a failure."""
        finding = steps(solution).probe()
        if not finding.passed:
            raise AirflowFailException(finding.reason)
        return finding.reason

    @task(task_id=RECORD[role])
    def record(solution: str, finding: str) -> str | None:
        """Write down what serves from now on, and what served before."""
        return steps(solution).record(finding)

    @task(trigger_rule=TriggerRule.ONE_FAILED, multiple_outputs=True, **SILENT)
    def find_way_back(solution: str | None, tried: list[str]) -> dict[str, Any]:
        """Find what the campaign is to serve again; tasks that were never tried have touched nothing."""
        if solution is None or not _has_failed(tried):
            raise AirflowSkipException("The campaign was not touched: there is no way back to go.")
        ti: Any = get_current_context()["ti"]
        return steps(solution).way_back(ti.xcom_pull(task_ids=deploy_campaign.task_id, key=WHY))

    @task(trigger_rule=TriggerRule.NONE_SKIPPED, **SILENT)
    def tell_roll_back(solution: str, about: list[str]) -> None:
        """Write down and mail what failed, what serves now, and what to do; this always fails the run."""
        ti: Any = get_current_context()["ti"]
        subject = steps(solution).tell(ti.log_url)
        ti.xcom_push(key=TOLD, value=[*about, ti.task_id])
        raise AirflowFailException(subject)

    noted: Any = note(chosen)
    probed: Any = probe(noted)
    tried = [deploy_campaign.task_id, probed.operator.task_id]
    way: Any = find_way_back(noted, tried)
    roll_back = PersonalizeDeployCampaignOperator(
        task_id="roll_back",
        dataset_group=group.name,
        request=way["campaign"],
        solution_version_arn=way["solution_version_arn"],
        **SILENT,
    )
    told = tell_roll_back(noted, [*tried, way.operator.task_id, roll_back.task_id])
    chain(noted, deploy_campaign, probed, record(noted, probed))
    chain(probed, way, roll_back, told)
    return deploy_campaign


def _has_failed(task_ids: list[str]) -> bool:
    """Whether one of these tasks of the run was tried and failed, rather than never begun."""
    ti: Any = get_current_context()["ti"]
    states = ti.get_task_states(dag_id=ti.dag_id, task_ids=task_ids, run_ids=[ti.run_id])
    return "failed" in states.get(ti.run_id, {}).values()
