"""Refusals that pass by themselves, and those that need a person."""

import random
from datetime import timedelta

from airflow.sdk.exceptions import AirflowFailException
from botocore.exceptions import ClientError

from amazon_personalize.resources import Resource

THROTTLED = ("ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded")
SOONEST = 5.0  # seconds; see PersonalizeTrigger about triggers that fire at once


def passes(refusal: ClientError, resource: Resource) -> bool:
    """Whether the same call may succeed later, with nothing done about it.

    Raises AirflowFailException, with the remedy, where the quota is one that waiting does not free.
    """
    error = refusal.response["Error"]
    if error["Code"] in THROTTLED:
        return True
    if error["Code"] != "LimitExceededException":
        return False
    if resource.frees_its_quota:
        return True
    raise AirflowFailException(
        f"There are as many resources of kind {resource.kind} as Amazon Personalize allows: {error['Message']} "
        "Waiting does not help. Delete those that nobody needs, or have the quota raised under Service Quotas."
    ) from refusal


def pause(waiter_delay: float) -> timedelta:
    """How long to wait before the next try: one to two delays, so that two that were refused do not march in step."""
    return timedelta(seconds=max(waiter_delay, SOONEST) * random.uniform(1, 2))
