"""Campaigns: which version serves before, during and after an update."""

import pytest

from tests.waiting import until


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


def test_one_update_builds_on_the_other(shop, trained, other_version):
    campaign = shop.campaign(trained.version)
    shop.api.update_campaign(campaignArn=campaign, solutionVersionArn=other_version)
    updated(shop, campaign)
    shop.api.update_campaign(campaignArn=campaign, minProvisionedTPS=4)
    found = updated(shop, campaign)
    assert (found["solutionVersionArn"], found["minProvisionedTPS"]) == (other_version, 4)
    shop.remove("campaign", campaign)
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        shop.describe("campaign", campaign)


def updated(shop, campaign):
    """The campaign once its update is done."""

    def done():
        found = shop.describe("campaign", campaign)
        return found if found["latestCampaignUpdate"]["status"] == "ACTIVE" else None

    return until(done, f"{campaign} is updated", shop.patience, shop.pause)


def test_a_solution_is_no_version(shop, trained):
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        shop.campaign(trained.solution)


@pytest.mark.parametrize(
    "config",
    [
        {"itemExplorationConfig": {"explorationWeight": "much"}},
        {"itemExplorationConfig": {"no_such_setting": "1"}},
        {"syncWithLatestSolutionVersion": True},  # which needs a solutionVersionArn that ends in $LATEST
        {"rankingInfluence": {"POPULARITY": 0.5}},
    ],
)
def test_what_a_campaign_cannot_do_is_refused(shop, trained, config):
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        shop.campaign(trained.version, **config)
    campaign = shop.campaign(trained.version)
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        shop.api.update_campaign(campaignArn=campaign, campaignConfig=config)


def test_a_campaign_may_begin_with_the_latest_version(shop, trained):
    solution = shop.solution(trained.group, "aws-popularity-count")
    for missing in (f"{solution}/$LATEST", shop.missing("solution") + "/$LATEST"):
        with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
            shop.campaign(missing)
    version = shop.version(solution)
    campaign = shop.campaign(f"{solution}/$LATEST", syncWithLatestSolutionVersion=True)
    found = shop.describe("campaign", campaign)
    assert (found["solutionVersionArn"], "latestCampaignUpdate" in found) == (version, False)
    newer = shop.version(solution)

    def follows():
        return shop.describe("campaign", campaign)["solutionVersionArn"] == newer

    until(follows, f"{campaign} follows the latest version", shop.patience, shop.pause)
    assert shop.describe("campaign", campaign)["latestCampaignUpdate"]["solutionVersionArn"] == newer
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        shop.api.update_campaign(campaignArn=campaign, solutionVersionArn=version)
    config = {"syncWithLatestSolutionVersion": False}
    shop.api.update_campaign(campaignArn=campaign, solutionVersionArn=version, campaignConfig=config)
    assert updated(shop, campaign)["solutionVersionArn"] == version


def test_versions_of_segments_serve_no_campaign(shop, trained):
    version = shop.version(shop.solution(trained.group, "aws-item-affinity"))
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        shop.campaign(version)
