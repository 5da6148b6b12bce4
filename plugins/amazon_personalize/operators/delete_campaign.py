"""The operator that deletes a campaign, which is billed for as long as it is there."""

from collections.abc import Sequence
from typing import Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields
from airflow.sdk import Context

from amazon_personalize.operators.waiting import PersonalizeWaitingOperator
from amazon_personalize.resources import CAMPAIGN
from amazon_personalize.triggers import PersonalizeDeletedTrigger


class PersonalizeDeleteCampaignOperator(PersonalizeWaitingOperator):
    """Delete a campaign, and return its ARN once it is gone; one that is gone or going already is as good.

    A campaign that is being created or moved cannot be deleted: the attempt fails, and the next one tries again.

    :param campaign: the campaign's name. (templated)
    """

    template_fields: Sequence[str] = aws_template_fields("dataset_group", "campaign")

    def __init__(self, *, campaign: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.campaign = campaign

    def execute(self, context: Context) -> str:
        """Delete, then wait."""
        self.link(context)
        arn = self.hook.arn(CAMPAIGN, self.campaign)
        found = self.hook.describe(CAMPAIGN, arn)
        if found and not found["status"].startswith("DELETE"):
            self._delete(arn)
        if found and not self._is_gone(arn):
            self.defer_until(PersonalizeDeletedTrigger, CAMPAIGN, arn)
        self.log.info("%s is gone", arn)
        return arn

    def execute_complete(self, context: Context, event: dict[str, Any]) -> str:  # noqa: ARG002 - Airflow's signature
        """Return the ARN if the campaign is gone; one that is still there may be retried."""
        arn = str(event["arn"])
        if self._is_gone(arn):
            return arn
        raise RuntimeError(f"{arn} is still there ({event.get('message')}). A retry deletes it, or goes on waiting.")

    def _delete(self, arn: str) -> None:
        errors = self.hook.conn.exceptions
        try:
            self.hook.conn.delete_campaign(campaignArn=arn)
        except errors.ResourceNotFoundException:
            return  # somebody else was faster
        except errors.ResourceInUseException as error:
            raise RuntimeError(f"{arn} cannot be deleted yet: {error} A retry tries again.") from error
        self.log.info("Deleting %s", arn)

    def _is_gone(self, arn: str) -> bool:
        return self.hook.describe(CAMPAIGN, arn) is None
