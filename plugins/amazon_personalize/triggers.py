"""The one way to wait for Amazon Personalize: deferred, on a waiter of waiters.json."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, ClassVar

from airflow.providers.amazon.aws.triggers.base import AwsBaseWaiterTrigger
from airflow.triggers.base import TriggerEvent

from amazon_personalize.hook import PersonalizeHook
from amazon_personalize.resources import Resource


class PersonalizeTrigger(AwsBaseWaiterTrigger):
    """Fire when a resource has come to a state, cannot come to it any more, or has used up its attempts."""

    aws_hook_class = PersonalizeHook
    state: ClassVar[str]

    def __init__(self, *, kind: str, arn: str, waiter_delay: int, waiter_max_attempts: int, **kwargs: Any) -> None:
        resource = Resource(kind)
        super().__init__(
            serialized_fields={"kind": kind, "arn": arn},
            waiter_name=resource.waiter(self.state),
            waiter_args={resource.arn_member: arn},
            failure_message=f"{kind} {arn} has failed",
            status_message=f"{kind} {arn}",
            status_queries=[f"{resource.member}.status", f"{resource.member}.failureReason"],
            return_key="arn",
            return_value=arn,
            waiter_delay=waiter_delay,
            waiter_max_attempts=waiter_max_attempts,
            **kwargs,
        )

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Wait one delay before the first look.

        A trigger that fires before its worker has been seen to exit makes Airflow 3.3 fail the task, and nothing that
        is worth deferring for is ready at once.
        """
        await asyncio.sleep(self.waiter_delay)
        async for event in super().run():
            yield event


class PersonalizeActiveTrigger(PersonalizeTrigger):
    """Fire when a resource is ACTIVE, has failed, or has used up its attempts."""

    state = "active"


class PersonalizeDeletedTrigger(PersonalizeTrigger):
    """Fire when a resource is gone, is not being deleted, or has used up its attempts."""

    state = "deleted"
