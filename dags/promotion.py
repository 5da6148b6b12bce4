"""Promotion, the one way a version comes to serve: by the gate or by a person."""

from datetime import UTC, datetime
from typing import Any

from airflow.sdk import chain, get_current_context, task

from amazon_personalize.hook import PersonalizeRuntimeHook
from amazon_personalize.names import run_key
from amazon_personalize.operators.campaign import PersonalizeDeployCampaignOperator
from dags.conventions import AWS_CONN_ID, s3
from include.config import DatasetGroup
from include.training import history

NOBODY = "a-user-nobody-knows"  # new users start from popular items, so that anyone can be asked for


def promote(group: DatasetGroup, chosen: Any) -> PersonalizeDeployCampaignOperator:
    """Build the tasks that make a campaign serve a version, write it down, and ask the campaign for recommendations.

    `chosen` is the output of a task: solution, campaign (members of CreateCampaign), solution_version_arn,
    champion_arn (None where nothing serves yet), reason.
    """
    deploy_campaign = PersonalizeDeployCampaignOperator(
        task_id="deploy_campaign",
        dataset_group=group.name,
        request=chosen["campaign"],
        solution_version_arn=chosen["solution_version_arn"],
    )

    @task
    def record_promotion(promoted: dict[str, Any]) -> str | None:
        """Write down what serves from now on, and what served before."""
        if promoted["champion_arn"] == promoted["solution_version_arn"]:
            return None
        now = datetime.now(UTC)
        record = history.promotion(
            run_key(get_current_context()["dag_run"]),
            now,
            promoted["solution_version_arn"],
            promoted["champion_arn"],
            promoted["reason"],
        )
        return history.record_promotion(s3(), group.storage, promoted["solution"], record)

    @task
    def probe(campaign_arn: str) -> int:
        """Ask the campaign as an e-mail would; nothing to show is a failure."""
        runtime = PersonalizeRuntimeHook(aws_conn_id=AWS_CONN_ID).conn
        items = runtime.get_recommendations(campaignArn=campaign_arn, userId=NOBODY)["itemList"]
        if not items:
            raise RuntimeError(f"{campaign_arn} serves no item. Roll back: promote `previous` with the promote DAG.")
        return len(items)

    chain(deploy_campaign, record_promotion(chosen), probe(deploy_campaign.output))
    return deploy_campaign
