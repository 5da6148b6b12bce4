"""How many resources of a kind there may be: Amazon's quotas that are counts, in one table, and their overrides.

Source: Amazon Personalize developer guide, endpoints and quotas.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from include.local_personalize.errors import LimitExceeded
from include.local_personalize.state.resources import Resources


@dataclass(frozen=True)
class Quota:
    limit: int
    of_the_group: bool  # counted within a dataset group, else within account and region
    in_flight: bool  # only those that are pending or in progress count


QUOTAS: Mapping[str, Quota] = {
    "schema": Quota(500, of_the_group=False, in_flight=False),
    "dataset-group": Quota(5, of_the_group=False, in_flight=False),
    "dataset-import-job": Quota(5, of_the_group=False, in_flight=True),
    "batch-inference-job": Quota(5, of_the_group=False, in_flight=True),
    "batch-segment-job": Quota(5, of_the_group=False, in_flight=True),
    "solution-version": Quota(20, of_the_group=False, in_flight=True),
    "solution": Quota(10, of_the_group=True, in_flight=False),
    "campaign": Quota(5, of_the_group=True, in_flight=False),
    "recommender": Quota(5, of_the_group=True, in_flight=False),
    "filter": Quota(30, of_the_group=True, in_flight=False),
    "event-tracker": Quota(1, of_the_group=True, in_flight=False),
    "metric-attribution": Quota(1, of_the_group=True, in_flight=False),
    "data-deletion-job": Quota(5, of_the_group=True, in_flight=True),
}
LARGEST = 1_000_000


def limits(overrides: Any) -> dict[str, int]:
    """Every quota, by kind of resource, with these overrides; raises ValueError naming the key that is wrong."""
    if not isinstance(overrides, dict):
        raise ValueError('quotas must be a JSON object such as {"campaign": 10}')
    if unknown := overrides.keys() - QUOTAS.keys():
        raise ValueError(f"{', '.join(sorted(unknown))}: no such quota; the quotas are {', '.join(sorted(QUOTAS))}")
    for kind, limit in overrides.items():
        if isinstance(limit, bool) or not isinstance(limit, int) or not 0 <= limit <= LARGEST:
            raise ValueError(f"{kind} must be a whole number from 0 to {LARGEST}; it is {limit!r}")
    return {kind: quota.limit for kind, quota in QUOTAS.items()} | overrides


def check(resources: Resources, kind: str, region: str, parent: str | None, allowed: Mapping[str, int]) -> None:
    """Raise LimitExceeded, in Amazon's words, where one more resource of this kind would break its quota."""
    quota = QUOTAS.get(kind)
    if quota is None:
        return
    group = resources.group_of(parent) if quota.of_the_group else None
    if resources.count(kind, region, group, in_flight=quota.in_flight) < allowed[kind]:
        return
    if quota.in_flight:
        raise LimitExceeded(f"More than {allowed[kind]} resources with PENDING or IN_PROGRESS status.")
    raise LimitExceeded(
        f"Cannot create a {kind.replace('-', ' ')}. More than {allowed[kind]} resources in ACTIVE state. "
        "Please delete some and try again."
    )
