"""The contract suite's own tools: what was called with what outcome, what was made, and how it is cleared away."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from botocore import xform_name
from botocore.model import OperationModel

from tests.include.local_personalize.shop import Shop

SUCCESS = "success"
MODELLED_ERROR = "modelled error"
# The documented order in which resources may go; jobs stay, and versions go with their solution.
DELETION_ORDER = (
    "campaign",
    "recommender",
    "solution",
    "event_tracker",
    "metric_attribution",
    "filter",
    "dataset",
    "dataset_group",
    "schema",
)


class Recorder:
    """Listens to boto3 clients: the outcomes of each operation, and the ARN of everything created, in order."""

    def __init__(self) -> None:
        self.outcomes: defaultdict[str, set[str]] = defaultdict(set)
        self.made: list[tuple[str, str]] = []

    def watch(self, client: Any) -> Any:
        """The same client, heard from now on."""
        client.meta.events.register("after-call", self._heard)
        return client

    def _heard(self, model: OperationModel, parsed: dict[str, Any], **_: Any) -> None:
        error = parsed.get("Error", {}).get("Code")
        if error is None:
            self.outcomes[model.name].add(SUCCESS)
        elif error in {shape.name for shape in model.error_shapes}:
            self.outcomes[model.name].add(MODELLED_ERROR)
        if error is None and model.name.startswith("Create"):
            self.made += [
                (xform_name(member.removesuffix("Arn")), arn)
                for member, arn in parsed.items()
                if member.endswith("Arn")
            ]

    def gaps(self, operations: Iterable[str]) -> list[str]:
        """What no test has called, a line each: `CreateSchema: no modelled error`."""
        return [
            f"{operation}: no {outcome}"
            for operation in sorted(operations)
            for outcome in (SUCCESS, MODELLED_ERROR)
            if outcome not in self.outcomes[operation]
        ]


class PatientShop(Shop):
    """Each step ends only when what it made is settled, as AWS wants it before the next one."""

    def group(self) -> str:
        return self._ready("dataset_group", super().group())

    def dataset(self, group: str, kind: str, fields: list[tuple[str, Any]] | None = None) -> str:
        return self._ready("dataset", super().dataset(group, kind, fields))

    def solution(self, group: str, recipe: str = "aws-user-personalization", **members: Any) -> str:
        return self._ready("solution", super().solution(group, recipe, **members))

    def campaign(self, version: str, **config: Any) -> str:
        return self._ready("campaign", super().campaign(version, **config))

    def _ready(self, resource: str, arn: str) -> str:
        assert self.settled(resource, arn)["status"] == "ACTIVE"
        return arn


def clear_away(shop: Shop, made: Iterable[tuple[str, str]]) -> None:
    """Delete these resources, given as Recorder.made has them, in the documented order; those already gone are fine."""
    wanted = list(made)
    for resource in DELETION_ORDER:
        for arn in [arn for kind, arn in wanted if kind == resource]:
            shop.remove(resource, arn)
