"""The create engine: adopt what is there, create what is not, wait until it is ACTIVE."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, NoReturn

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields
from airflow.providers.standard.triggers.temporal import TimeDeltaTrigger
from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowFailException
from botocore.exceptions import ClientError

from amazon_personalize.differences import refuse_differences
from amazon_personalize.operators.waiting import PersonalizeWaitingOperator
from amazon_personalize.refusals import passes, pause
from amazon_personalize.resources import FAILED, Resource
from amazon_personalize.triggers import PersonalizeActiveTrigger


class PersonalizeCreateOperator(PersonalizeWaitingOperator):
    """Create a resource unless it is there already, and return its ARN once it is ACTIVE.

    A retried, cleared or repeated task finds what an earlier attempt created and goes on waiting for it. A resource
    that is there with other settings than the request's, or that has failed, fails the task without a retry.

    Where Personalize has as much to do as it takes on, or was asked too often, the task is deferred and tries again.

    :param request: members of the Create request, spelled as in the API. (templated)
    :param wait_timeout: how long one attempt waits, for its turn and then for the resource to be ACTIVE, before it
        fails; the next one goes on waiting.
    """

    resource: ClassVar[Resource]
    template_fields: Sequence[str] = aws_template_fields("dataset_group", "request")
    template_fields_renderers: ClassVar[dict[str, str]] = {"request": "json"}

    def __init__(self, *, request: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.request = request
        self._refused_since: datetime | None = None

    def execute(self, context: Context) -> str:
        """Adopt or create, then wait."""
        self.link(context)
        try:
            arn = self.adopt(context) or self.create(self.request)
        except ClientError as refusal:
            if not passes(refusal, self.resource):
                raise
            self.wait_for_turn(refusal)
        return self.wait(arn)

    def wait_for_turn(self, refusal: ClientError) -> NoReturn:
        """Defer until it is worth another try; raises RuntimeError where that is later than wait_timeout allows."""
        now = datetime.now(UTC)
        since, longest = self._refused_since or now, self.wait_timeout
        before_next = pause(self._delay)
        error = refusal.response["Error"]
        refused = f"Amazon Personalize takes no {self.resource.kind} for now ({error['Code']}: {error['Message']})"
        if now + before_next > since + longest:
            raise RuntimeError(f"{refused}, and has not since {since:%Y-%m-%d %H:%M:%S} UTC. A retry waits again.")
        self.log.info("%s. The next try is at %s UTC.", refused, f"{now + before_next:%Y-%m-%d %H:%M:%S}")
        self.defer(
            trigger=TimeDeltaTrigger(before_next),
            method_name="try_again",
            kwargs={"refused_since": since.isoformat()},
            timeout=since + longest - now,
        )

    def try_again(self, context: Context, event: Any, refused_since: str) -> str:  # noqa: ARG002 - Airflow's signature
        """Begin anew, since an earlier try may have been heard although its answer was lost."""
        self._refused_since = datetime.fromisoformat(refused_since)
        return self.execute(context)

    def adopt(self, context: Context) -> str | None:  # noqa: ARG002 - operators that name by run need the context
        """The ARN of the resource where it is there already, else None."""
        arn = self.hook.arn(self.resource, self.request[self.resource.name_member])
        return self._same(arn)

    def create(self, request: dict[str, Any]) -> str:
        """Call the Create operation and return the new ARN."""
        answer = getattr(self.creating_conn, f"create_{self.resource.snake}")(**request)
        arn = str(answer[self.resource.arn_member])
        self.log.info("Created %s %s", self.resource.kind, arn)
        return arn

    @property
    def creating_conn(self) -> Any:
        """The client that the Create operation is called with."""
        return self.hook.conn

    def wait(self, arn: str) -> str:
        """Return the ARN where the resource is ACTIVE, else defer until it is."""
        if not self.is_active(arn):
            self.defer_until(PersonalizeActiveTrigger, self.resource, arn)
        return arn

    def execute_complete(self, context: Context, event: dict[str, Any]) -> str:  # noqa: ARG002 - Airflow's signature
        """Return the ARN if the resource is ACTIVE; a failed one fails the task, a slow one may be retried."""
        arn = str(event["arn"])
        if self.is_active(arn):
            return arn
        raise RuntimeError(f"{arn} is not ACTIVE yet ({event.get('message')}). A retry goes on waiting for it.")

    def is_active(self, arn: str) -> bool:
        """Whether the resource can be used.

        Raises AirflowFailException, with the service's reason, if it has failed.
        """
        found = self.hook.describe(self.resource, arn) or {"status": "gone"}
        if found["status"] in FAILED:
            raise AirflowFailException(f"{arn} is {found['status']}: {found.get('failureReason', 'no reason given')}")
        return bool(found["status"] == "ACTIVE")

    def _same(self, arn: str) -> str | None:
        found = self.hook.describe(self.resource, arn)
        if found is None:
            return None
        refuse_differences(arn, found, self.request)
        self.log.info("Adopted %s", arn)
        return arn
