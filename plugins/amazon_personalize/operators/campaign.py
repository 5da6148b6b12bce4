"""The operator that moves a campaign."""

from collections.abc import Sequence
from typing import Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields
from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowFailException

from amazon_personalize import resources
from amazon_personalize.operators.create import PersonalizeCreateOperator


class PersonalizeDeployCampaignOperator(PersonalizeCreateOperator):
    """Make a campaign serve a solution version: created if missing, updated if it serves another, else left alone.

    The wait is on latestCampaignUpdate, since the campaign's own status never shows an update; afterwards the version
    that the campaign really serves is compared with the one that was asked for.

    :param request: members of CreateCampaign beside solutionVersionArn; name is needed. (templated)
    :param solution_version_arn: the version to serve. (templated)
    """

    resource = resources.CAMPAIGN
    template_fields: Sequence[str] = (
        *PersonalizeCreateOperator.template_fields,
        *aws_template_fields("solution_version_arn"),
    )

    def __init__(self, *, solution_version_arn: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.solution_version_arn = solution_version_arn

    def adopt(self, context: Context) -> str | None:  # noqa: ARG002 - the engine's signature
        """Update the campaign where it is there and serves another version; None where there is none."""
        arn = self.hook.arn(self.resource, self.request["name"])
        campaign = self.hook.describe(self.resource, arn)
        if campaign is None:
            self.request = {**self.request, "solutionVersionArn": self.solution_version_arn}
            return None
        if campaign["status"] != "ACTIVE":
            if campaign["solutionVersionArn"] == self.solution_version_arn:
                return arn  # this run's own creation, still under way or failed: the wait will tell
            raise RuntimeError(f"{arn} is {campaign['status']} with another version. A retry looks again.")
        update = campaign.get("latestCampaignUpdate", {})
        if update.get("status") in ("CREATE PENDING", "CREATE IN_PROGRESS"):
            if update["solutionVersionArn"] == self.solution_version_arn:
                return arn
            raise RuntimeError(f"{arn} is being moved to {update['solutionVersionArn']}. A retry looks again.")
        if campaign["solutionVersionArn"] != self.solution_version_arn:
            members = {key: self.request[key] for key in ("minProvisionedTPS", "campaignConfig") if key in self.request}
            self.hook.conn.update_campaign(campaignArn=arn, solutionVersionArn=self.solution_version_arn, **members)
            self.log.info("Moving %s to %s", arn, self.solution_version_arn)
        return arn

    def is_active(self, arn: str) -> bool:
        """Whether the campaign serves the version.

        Raises AirflowFailException, with the service's reason, if the creation or the update failed.
        """
        campaign = self.hook.describe(self.resource, arn)
        if campaign is None:
            raise AirflowFailException(f"{arn} is gone")
        serving = campaign["solutionVersionArn"] == self.solution_version_arn
        update = campaign.get("latestCampaignUpdate", {})
        latest = update if update.get("solutionVersionArn") == self.solution_version_arn and not serving else campaign
        if latest["status"] == "CREATE FAILED":
            reason = latest.get("failureReason", "no reason given")
            raise AirflowFailException(f"{arn} could not be moved to {self.solution_version_arn}: {reason}")
        settled = update.get("status", "ACTIVE") not in ("CREATE PENDING", "CREATE IN_PROGRESS")
        return bool(serving and settled and campaign["status"] == "ACTIVE")
