"""A campaign is deleted once, and told to be gone when it is."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from airflow.sdk.exceptions import TaskDeferred

from amazon_personalize.operators.delete_campaign import PersonalizeDeleteCampaignOperator
from tests.include.local_personalize.running import Server
from tests.include.local_personalize.shop import Shop, checkerboard


def delete(campaign: str) -> PersonalizeDeleteCampaignOperator:
    return PersonalizeDeleteCampaignOperator(task_id="delete", dataset_group="g", campaign=campaign, waiter_delay=1)


@pytest.fixture(scope="module")
def version(shop: Shop) -> str:
    group = shop.group()
    shop.import_lines(shop.dataset(group, "Interactions"), checkerboard())
    return shop.version(shop.solution(group, "aws-popularity-count"))  # it trains in no time


@pytest.fixture
def campaign(shop: Shop, version: str) -> str:
    """The name of a campaign that is ACTIVE."""
    return str(shop.settled("campaign", shop.campaign(version))["name"])


def slow(server: Server, seconds: float) -> None:
    server.http("PUT", "/_local/delays", json={"in_progress_seconds": seconds}).raise_for_status()


def test_deleted_once_and_gone_for_good(
    run: Any, shop: Shop, campaign: str, version: str, calls: Callable[[str], int]
) -> None:
    other, deleted = shop.settled("campaign", shop.campaign(version)), calls("DeleteCampaign")

    for _ in range(2):
        assert delete(campaign).execute(run().context).endswith(f"campaign/{campaign}")

    assert calls("DeleteCampaign") == deleted + 1
    assert shop.describe("campaign", other["campaignArn"])["status"] == "ACTIVE"


def test_while_it_is_going_the_task_is_deferred_until_it_is_gone(
    run: Any, server: Server, campaign: str, calls: Callable[[str], int], slowly: Callable[[], None]
) -> None:
    slowly()  # and back to speed at the end of the test
    slow(server, 1.5)
    deleted = calls("DeleteCampaign")
    for _ in range(2):  # the second is a retry
        with pytest.raises(TaskDeferred) as deferred:
            delete(campaign).execute(run().context)
    with pytest.raises(RuntimeError, match="is still there"):
        delete(campaign).execute_complete({}, {"arn": deferred.value.trigger.return_value})

    async def fired() -> Any:
        return await anext(deferred.value.trigger.run())

    event = asyncio.run(fired()).payload

    assert event["status"] == "success"
    assert delete(campaign).execute_complete({}, event).endswith(f"campaign/{campaign}")
    assert calls("DeleteCampaign") == deleted + 1


def test_one_that_could_not_be_created_is_deleted_too(
    run: Any, shop: Shop, version: str, faults: Callable[..., None]
) -> None:
    faults({"fault": "create_failed", "on": "campaign", "reason": "No capacity.", "count": 1})
    failed = shop.settled("campaign", shop.campaign(version))

    delete(failed["name"]).execute(run().context)

    assert failed["status"] == "CREATE FAILED"
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        shop.describe("campaign", failed["campaignArn"])


def test_what_is_being_created_is_left_to_the_next_attempt(
    run: Any, shop: Shop, version: str, slowly: Callable[[], None]
) -> None:
    slowly()
    arn = shop.campaign(version)

    with pytest.raises(RuntimeError, match=r"cannot be deleted yet: .* A retry tries again"):
        delete(arn.rpartition("/")[2]).execute(run().context)
