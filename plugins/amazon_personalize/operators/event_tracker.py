"""The operator that creates the event tracker by which PutEvents finds a dataset group."""

from typing import Any

from airflow.sdk import Context

from amazon_personalize import resources
from amazon_personalize.operators.create import PersonalizeCreateOperator


class PersonalizeCreateEventTrackerOperator(PersonalizeCreateOperator):
    """Create a dataset group's event tracker, or adopt the one it has, and return its trackingId once it is ACTIVE."""

    resource = resources.EVENT_TRACKER

    def execute(self, context: Context) -> str:
        """Adopt or create, in the operator's dataset group."""
        group = self.hook.arn(resources.DATASET_GROUP, self.dataset_group)
        self.request = {"datasetGroupArn": group, **self.request}
        return self._tracking_id(super().execute(context))

    def adopt(self, context: Context) -> str | None:  # noqa: ARG002 - the engine's signature
        """The group's tracker, whatever its name: a group has no second one, and its ARN cannot be spelled."""
        return self.hook.event_tracker(self.dataset_group)

    def execute_complete(self, context: Context, event: dict[str, Any]) -> str:
        """Return the trackingId if the tracker is ACTIVE."""
        return self._tracking_id(super().execute_complete(context, event))

    def _tracking_id(self, arn: str) -> str:
        answer = self.hook.conn.describe_event_tracker(eventTrackerArn=arn)
        return str(answer["eventTracker"]["trackingId"])
