"""Campaigns: which version serves before, during and after an update."""

import pytest

from tests.include.local_personalize.shop import checkerboard


@pytest.fixture(scope="module")
def other_version(shop, trained):
    """A version whose answers differ: popularity gives every user the same items."""
    return shop.version(shop.solution(trained.group, "aws-popularity-count"))


def test_a_campaign_is_described_and_listed(shop, trained):
    campaign = shop.campaign(trained.version, itemExplorationConfig={"explorationWeight": "0"})
    found = shop.describe("campaign", campaign)
    assert (found["status"], found["solutionVersionArn"], found["minProvisionedTPS"]) == ("ACTIVE", trained.version, 1)
    assert found["campaignConfig"] == {"itemExplorationConfig": {"explorationWeight": "0"}}
    assert "latestCampaignUpdate" not in found
    listed = shop.api.list_campaigns(solutionArn=trained.solution)["campaigns"]
    assert campaign in [one["campaignArn"] for one in listed]


def test_the_old_version_serves_until_the_update_is_active(own_server, shop_of):
    shop = shop_of(own_server())
    group = shop.group()
    shop.import_lines(shop.dataset(group, "Interactions"), checkerboard())
    old = shop.version(shop.solution(group))
    new = shop.version(shop.solution(group, "aws-popularity-count"))
    campaign = shop.campaign(old)
    shop.server.http("PUT", "/_local/delays", json={"pending_seconds": 3_600, "in_progress_seconds": 3_600})
    shop.api.update_campaign(campaignArn=campaign, solutionVersionArn=new, minProvisionedTPS=2)

    def states():
        found = shop.describe("campaign", campaign)
        return found["status"], found["latestCampaignUpdate"]["status"], found["solutionVersionArn"]

    assert states() == ("ACTIVE", "CREATE PENDING", old)
    assert "score" in recommended(shop, campaign)[0]
    with pytest.raises(shop.api.exceptions.ResourceInUseException):
        shop.api.update_campaign(campaignArn=campaign, minProvisionedTPS=3)
    with pytest.raises(shop.api.exceptions.ResourceInUseException):
        shop.api.delete_campaign(campaignArn=campaign)
    shop.server.http("PUT", "/_local/clock", json={"offset_days": 1.5 / 24})
    assert states() == ("ACTIVE", "CREATE IN_PROGRESS", old)
    shop.server.http("PUT", "/_local/clock", json={"offset_days": 1})
    assert states() == ("ACTIVE", "ACTIVE", new)
    assert "score" not in recommended(shop, campaign)[0]
    found = shop.describe("campaign", campaign)
    assert found["minProvisionedTPS"] == found["latestCampaignUpdate"]["minProvisionedTPS"] == 2
    assert found["latestCampaignUpdate"]["solutionVersionArn"] == new
    assert shop.api.list_campaigns()["campaigns"][0]["campaignArn"] == campaign


def recommended(shop, campaign):
    runtime = shop.server.client("personalize-runtime")
    return runtime.get_recommendations(campaignArn=campaign, userId="u1")["itemList"]


def test_one_update_builds_on_the_other(shop, trained, other_version):
    campaign = shop.campaign(trained.version)
    shop.api.update_campaign(campaignArn=campaign, solutionVersionArn=other_version)
    shop.api.update_campaign(campaignArn=campaign, minProvisionedTPS=4)
    found = shop.describe("campaign", campaign)
    assert (found["solutionVersionArn"], found["minProvisionedTPS"]) == (other_version, 4)
    shop.api.delete_campaign(campaignArn=campaign)
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        shop.describe("campaign", campaign)


def test_a_solution_is_no_version(shop, trained):
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        shop.campaign(trained.solution)


@pytest.mark.parametrize(
    "config",
    [
        {"syncWithLatestSolutionVersion": True},
        {"enableMetadataWithRecommendations": True},
        {"itemExplorationConfig": {"explorationWeight": "much"}},
        {"itemExplorationConfig": {"no_such_setting": "1"}},
    ],
)
def test_what_a_campaign_cannot_do_is_refused(shop, trained, config):
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        shop.campaign(trained.version, **config)
    campaign = shop.campaign(trained.version)
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        shop.api.update_campaign(campaignArn=campaign, campaignConfig=config)
