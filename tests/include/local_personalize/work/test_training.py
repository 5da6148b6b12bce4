"""Trainings with what only they can show: hyperparameters that were searched, and data that segments leave out."""

import pytest

from tests.include.local_personalize.shop import checkerboard
from tests.waiting import until

HPO = {
    "hpoObjective": {"metricName": "precision_at_10"},
    "hpoResourceConfig": {"maxNumberOfTrainingJobs": "3", "maxParallelTrainingJobs": "1"},
    "algorithmHyperParameterRanges": {
        "integerHyperParameterRanges": [{"name": "bptt", "minValue": 4, "maxValue": 8}],
        "categoricalHyperParameterRanges": [{"name": "recency_mask", "values": ["true", "false"]}],
    },
}


def test_tuned_hyperparameters_are_reported_and_lie_in_their_ranges(shop, trained):
    solution = shop.solution(trained.group, performHPO=True, solutionConfig={"hpoConfig": HPO})
    version = shop.describe("solution_version", shop.version(solution))
    tuned = version["tunedHPOParams"]["algorithmHyperParameters"]
    assert set(tuned) == {"bptt", "recency_mask"}
    assert 4 <= int(tuned["bptt"]) <= 8
    assert tuned["recency_mask"] in {"true", "false"}
    assert (version["performHPO"], version["solutionConfig"]) == (True, {"hpoConfig": HPO})
    assert "tunedHPOParams" not in shop.describe("solution_version", trained.version)


def test_a_search_too_needs_enough_data(shop):
    group = shop.group()
    shop.dataset(group, "Interactions")
    solution = shop.solution(group, performHPO=True)
    version = shop.settled("solution_version", shop.start_version(solution))
    assert version["status"] == "CREATE FAILED"


@pytest.mark.parametrize(
    "members",
    [
        {"performHPO": True, "solutionConfig": {"hpoConfig": {"hpoResourceConfig": {"maxNumberOfTrainingJobs": "41"}}}},
        {"performHPO": True, "recipe": "aws-popularity-count"},
    ],
)
def test_searches_that_cannot_be_are_refused(shop, trained, members):
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        shop.solution(trained.group, **members)


def test_updates_take_in_what_was_imported_since(shop):
    """A user of even items who came with the second import and goes on with the third; strangers get both kinds."""
    group = shop.group()
    dataset = shop.dataset(group, "Interactions")
    assert shop.import_lines(dataset, checkerboard())["status"] == "ACTIVE"
    solution = shop.solution(group)
    shop.version(solution)
    campaign = shop.campaign(shop.version(solution, "UPDATE"))
    for first, last in ((0, 6), (6, 12)):
        rows = [f"late,i{2 * step},watch,{1_700_000_000 + step}" for step in range(first, last)]
        others = [line.replace("u", "v", 1) for line in checkerboard(start=1_700_000_000 + first)[1:]]
        assert shop.import_lines(dataset, [checkerboard()[0], *rows, *others], "INCREMENTAL")["status"] == "ACTIVE"
        shop.api.update_campaign(campaignArn=campaign, solutionVersionArn=shop.version(solution, "UPDATE"))
        until(lambda: "latestCampaignUpdate" in shop.describe("campaign", campaign), "the update is there")
        until(
            lambda: shop.describe("campaign", campaign)["latestCampaignUpdate"]["status"] == "ACTIVE",
            "the campaign serves it",
        )
        given = shop.runtime.get_recommendations(campaignArn=campaign, userId="late", numResults=10)["itemList"]
        assert {int(item["itemId"][1:]) % 2 for item in given} == {0}
