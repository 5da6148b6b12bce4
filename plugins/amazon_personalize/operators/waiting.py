"""What operators have in common that wait for a resource: deferred, with a link to the console."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NoReturn

from airflow.providers.amazon.aws.operators.base_aws import AwsBaseOperator
from airflow.providers.amazon.aws.utils.mixins import aws_template_fields
from airflow.providers.common.compat.sdk import conf
from airflow.sdk import Context

from amazon_personalize.hook import PersonalizeHook
from amazon_personalize.links import DatasetGroupLink
from amazon_personalize.resources import DATASET_GROUP, Resource
from amazon_personalize.triggers import PersonalizeTrigger


class PersonalizeWaitingOperator(AwsBaseOperator[PersonalizeHook]):
    """An operator about a resource of a dataset group, which waits for it deferred.

    :param dataset_group: name of the dataset group the resource belongs to. (templated)
    :param waiter_delay: seconds between two looks; default `[amazon_personalize] waiter_delay`, else 60.
    :param wait_timeout: how long one attempt waits before it fails; the next one goes on waiting.
    """

    aws_hook_class = PersonalizeHook
    template_fields: Sequence[str] = aws_template_fields("dataset_group")
    operator_extra_links = (DatasetGroupLink(),)

    def __init__(
        self,
        *,
        dataset_group: str,
        waiter_delay: int | None = None,
        wait_timeout: timedelta = timedelta(hours=12),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.dataset_group = dataset_group
        self.waiter_delay = waiter_delay
        self.wait_timeout = wait_timeout

    def link(self, context: Context) -> None:
        """Give the task its link to the dataset group in the console."""
        DatasetGroupLink.persist(
            context=context,
            operator=self,
            region_name=self.hook.conn_region_name,
            aws_partition=self.hook.conn_partition,
            dataset_group=self.hook.arn(DATASET_GROUP, self.dataset_group).replace("/", "$"),
        )

    def defer_until(self, fires: type[PersonalizeTrigger], resource: Resource, arn: str) -> NoReturn:
        """Wait for a resource's state in the triggerer; execute_complete goes on from there."""
        self.defer(
            trigger=fires(
                kind=resource.kind,
                arn=arn,
                waiter_delay=self._delay,
                waiter_max_attempts=int(self.wait_timeout.total_seconds() // self._delay) + 1,
                aws_conn_id=self.aws_conn_id,
                region_name=self.region_name,
                verify=self.verify,
                botocore_config=self.botocore_config,
            ),
            method_name="execute_complete",
            timeout=self.wait_timeout,
        )

    @property
    def _delay(self) -> int:
        return self.waiter_delay or conf.getint("amazon_personalize", "waiter_delay", fallback=60)
