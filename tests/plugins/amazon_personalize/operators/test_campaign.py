"""A campaign serves the version it is told to, and says so only when it does."""

from collections.abc import Callable
from typing import Any

import pytest
from airflow.sdk.exceptions import TaskDeferred

from amazon_personalize.operators.campaign import PersonalizeDeployCampaignOperator
from tests.include.local_personalize.shop import Shop, checkerboard


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
