"""The operator that moves a campaign."""

from collections.abc import Mapping, Sequence
from typing import Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields
from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowFailException

from amazon_personalize import resources
from amazon_personalize.operators.create import PersonalizeCreateOperator

UPDATABLE = ("minProvisionedTPS", "campaignConfig")
UNDER_WAY = ("CREATE PENDING", "CREATE IN_PROGRESS")


class PersonalizeDeployCampaignOperator(PersonalizeCreateOperator):
    """Make a campaign serve a solution version as the request says: created if missing, updated if it differs.

    A campaign that serves the version already is updated where its minProvisionedTPS or campaignConfig is not the
    request's, and left alone otherwise; members that the request does not have stay as they are.

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
        if campaign["status"] == "CREATE FAILED":
            reason = campaign.get("failureReason", "no reason given")
            raise AirflowFailException(f"{arn} could not be created: {reason} Delete it, then clear this task.")
        if campaign["status"] != "ACTIVE":
            if campaign["solutionVersionArn"] == self.solution_version_arn:
                return arn  # this run's own creation, still under way: the wait will tell
            raise RuntimeError(f"{arn} is {campaign['status']} with another version. A retry looks again.")
        update = campaign.get("latestCampaignUpdate", {})
        if update.get("status") in UNDER_WAY:
            if update["solutionVersionArn"] == self.solution_version_arn:
                return arn
            raise RuntimeError(f"{arn} is being moved to {update['solutionVersionArn']}. A retry looks again.")
        if not self._is_as_wanted(campaign):
            members = {name: self.request[name] for name in UPDATABLE if name in self.request}
            self.hook.conn.update_campaign(campaignArn=arn, solutionVersionArn=self.solution_version_arn, **members)
            self.log.info("Moving %s to %s %s", arn, self.solution_version_arn, members)
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
        is_own = update.get("solutionVersionArn") == self.solution_version_arn and not self._is_as_wanted(campaign)
        latest = update if is_own else campaign
        if latest["status"] == "CREATE FAILED":
            reason = latest.get("failureReason", "no reason given")
            raise AirflowFailException(f"{arn} could not be moved to {self.solution_version_arn}: {reason}")
        settled = update.get("status") not in UNDER_WAY
        return bool(serving and settled and campaign["status"] == "ACTIVE")

    def _is_as_wanted(self, campaign: Mapping[str, Any]) -> bool:
        return campaign["solutionVersionArn"] == self.solution_version_arn and all(
            _has(campaign.get(name), self.request[name]) for name in UPDATABLE if name in self.request
        )


def _has(found: Any, wanted: Any) -> bool:
    """Whether a described member has what is wanted of it; the service may have added defaults of its own."""
    if isinstance(wanted, Mapping):
        there = found if isinstance(found, Mapping) else {}
        return all(_has(there.get(name), value) for name, value in wanted.items())
    if found is None:  # what was never set is not told, and was then false
        return wanted is False
    return str(found) == str(wanted)
