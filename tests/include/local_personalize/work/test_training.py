"""Trainings with what only they can show: hyperparameters that were searched, and data that segments leave out."""

import pytest

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
