"""A campaign serves the version it is told to, and says so only when it does."""

from collections.abc import Callable
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException, TaskDeferred

from amazon_personalize.operators.campaign import PersonalizeDeployCampaignOperator
from tests.include.local_personalize.shop import Shop, checkerboard
from tests.waiting import until


def deploy(campaign: str, version: str, **members: Any) -> PersonalizeDeployCampaignOperator:
    return PersonalizeDeployCampaignOperator(
        task_id="deploy",
        dataset_group="g",
        request={"name": campaign, "minProvisionedTPS": 1, **members},
        solution_version_arn=version,
        waiter_delay=1,
    )


@pytest.fixture(scope="module")
def versions(shop: Shop) -> list[str]:
    group = shop.group()
    shop.import_lines(shop.dataset(group, "Interactions"), checkerboard())
    solution = shop.solution(group)
    return [shop.version(solution) for _ in range(2)]


def test_created_then_left_alone_then_moved(
    run: Any, name: Any, shop: Shop, versions: list[str], calls: Callable[[str], int]
) -> None:
    campaign, created, updated = name("campaign"), calls("CreateCampaign"), calls("UpdateCampaign")

    arns = {deploy(campaign, version).execute(run().context) for version in (versions[0], versions[0], versions[1])}

    (arn,) = arns
    assert shop.describe("campaign", arn)["solutionVersionArn"] == versions[1]
    assert calls("CreateCampaign") == created + 1
    assert calls("UpdateCampaign") == updated + 1


def test_while_an_update_runs_the_campaign_is_not_said_to_serve_it(
    run: Any, name: Any, shop: Shop, versions: list[str], slowly: Callable[[], None], calls: Callable[[str], int]
) -> None:
    campaign = name("campaign")
    arn = deploy(campaign, versions[0]).execute(run().context)
    slowly()
    updated = calls("UpdateCampaign")

    for _ in range(2):  # the second is a retry, which must not call UpdateCampaign again
        with pytest.raises(TaskDeferred):
            deploy(campaign, versions[1]).execute(run().context)

    assert shop.describe("campaign", arn)["status"] == "ACTIVE"  # as AWS: the status never shows an update
    assert not deploy(campaign, versions[1]).is_active(arn)
    assert calls("UpdateCampaign") == updated + 1
    with pytest.raises(RuntimeError, match="A retry looks again"):
        deploy(campaign, versions[0]).execute(run().context)


def test_members_follow_the_request_though_the_version_stays(
    run: Any, name: Any, shop: Shop, versions: list[str], calls: Callable[[str], int]
) -> None:
    campaign = name("campaign")
    explores = {"itemExplorationConfig": {"explorationWeight": "0.3"}}
    arn = deploy(campaign, versions[0], campaignConfig=explores).execute(run().context)
    updated = calls("UpdateCampaign")

    more = deploy(campaign, versions[0], minProvisionedTPS=2, campaignConfig=explores)
    for _ in range(2):  # the second finds nothing to change
        more.execute(run().context)
    deploy(campaign, versions[0], minProvisionedTPS=2).execute(run().context)  # what is not named stays

    described = shop.describe("campaign", arn)
    assert (described["minProvisionedTPS"], described["campaignConfig"]) == (2, explores)
    assert calls("UpdateCampaign") == updated + 1


@pytest.mark.parametrize("step", ["version", "members"])
def test_an_update_that_failed_is_told_with_its_reason_and_tried_again_when_cleared(
    run: Any,
    name: Any,
    shop: Shop,
    versions: list[str],
    faults: Callable[..., None],
    calls: Callable[[str], int],
    step: str,
) -> None:
    campaign = name("campaign")
    arn = deploy(campaign, versions[0]).execute(run().context)
    faults(
        {"fault": "update_failed", "on": "campaign", "matching": arn, "reason": "No capacity.", "count": 1},
        {"fault": "slow_states", "on": "campaign", "matching": arn, "in_progress_seconds": 1.0, "count": 1},
    )
    moved = deploy(campaign, versions[1]) if step == "version" else deploy(campaign, versions[0], minProvisionedTPS=9)
    with pytest.raises(TaskDeferred):
        moved.execute(run().context)

    until(lambda: shop.describe("campaign", arn)["latestCampaignUpdate"].get("failureReason"), "the update fails")

    with pytest.raises(AirflowFailException, match=r"could not be moved to .*: No capacity\."):
        moved.execute_complete({}, {"arn": arn})
    assert shop.describe("campaign", arn)["solutionVersionArn"] == versions[0]
    deploy(campaign, versions[0]).execute(run().context)  # the way back has nothing to do, and does not fail
    updated = calls("UpdateCampaign")
    moved.execute(run().context)
    assert calls("UpdateCampaign") == updated + 1


def test_a_campaign_whose_creation_failed_is_told_with_the_remedy(
    run: Any, name: Any, versions: list[str], faults: Callable[..., None]
) -> None:
    campaign = name("campaign")
    faults({"fault": "create_failed", "on": "campaign", "reason": "No capacity."})

    with pytest.raises(AirflowFailException, match=r"No capacity\."):
        deploy(campaign, versions[0]).execute(run().context)

    with pytest.raises(AirflowFailException, match=r"No capacity\. Delete it, then clear this task"):
        deploy(campaign, versions[1]).execute(run().context)
