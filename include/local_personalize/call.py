"""One request as an action sees it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from include.local_personalize.errors import ResourceAlreadyExists, ResourceInUse
from include.local_personalize.state import quotas, tagging
from include.local_personalize.state.arns import Arns
from include.local_personalize.state.lifecycle import ACTIVE, CREATE_FAILED, Delays, Lifecycle
from include.local_personalize.state.resources import Resource, Resources

if TYPE_CHECKING:
    from include.local_personalize.service import Service

Answer = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """A checked request, with the resources as of its moment; everything an action does is one transaction."""

    operation: str
    request: dict[str, Any]
    arns: Arns
    resources: Resources
    service: "Service"
    after_commit: list[Callable[[], None]] = field(default_factory=list)

    @property
    def now(self) -> float:
        return self.resources.now

    def delays_of(self, kind: str, arn: str) -> Delays:
        """How long the states of this resource last."""
        return self.service.conditions.delays_of(kind, arn)

    def create(
        self,
        kind: str,
        arn: str,
        body: Mapping[str, Any],
        parent: str | None = None,
        *,
        notes: Mapping[str, Any] | None = None,
        has_work: bool = False,
    ) -> str:
        """Store a new resource with the request's tags and return its ARN.

        Raises ResourceAlreadyExists, LimitExceeded, TooManyTags or InvalidInput (a tag).
        """
        if self.resources.find(arn):
            raise ResourceAlreadyExists(arn)
        region, conditions = self.arns.region, self.service.conditions
        quotas.check(self.resources, kind, region, parent, conditions.quotas)
        members = {name: value for name, value in body.items() if name != "tags"}
        lifecycle = Lifecycle.begin("CREATE", self.now, conditions.delays_of(kind, arn), has_work=has_work)
        self.resources.add(
            Resource(arn, kind, region, parent, members, dict(notes or {}), lifecycle, self.now, self.now)
        )
        tagging.put(self.resources, arn, body.get("tags", []))
        if not has_work and (reason := conditions.faults.failure(kind, [arn])):
            self.resources.change(arn, outcome=CREATE_FAILED, failure_reason=reason)
        return arn

    def active(self, arn: str, kind: str) -> Resource:
        """The resource of this ARN; raises ResourceNotFound, or ResourceInUse while it is not ACTIVE."""
        resource = self.resources.get(arn, kind)
        status = resource.lifecycle.status(self.now)
        if status != ACTIVE:
            raise ResourceInUse(f"{arn} must be ACTIVE; its status is {status}.")
        return resource

    def delete(self, resource: Resource) -> Answer:
        """Start the deletion of a settled resource; raises ResourceInUse while it is in transition."""
        self.refuse_in_transition([resource])
        lifecycle = Lifecycle.begin("DELETE", self.now, self.delays_of(resource.kind, resource.arn))
        self.resources.change(resource.arn, lifecycle=lifecycle)
        return {}

    def batch_jobs(self, version_arn: str) -> list[Resource]:
        """The batch inference and batch segment jobs of a version."""
        kinds = ("batch-inference-job", "batch-segment-job")
        return [job for kind in kinds for job in self.resources.children(kind, version_arn)]

    def refuse_in_transition(self, users: list[Resource]) -> None:
        """Raise ResourceInUse naming the first of these resources that is pending or in progress."""
        for user in users:
            if user.lifecycle.in_transition(self.now):
                raise ResourceInUse(f"{user.arn} is {user.lifecycle.status(self.now)}.")

    def refuse_used_by(self, users: list[Resource]) -> None:
        """Raise ResourceInUse naming the first of these resources, whatever its state."""
        if users:
            raise ResourceInUse(f"{users[0].arn} still uses this resource; delete it first.")
