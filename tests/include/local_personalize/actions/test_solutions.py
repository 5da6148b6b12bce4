"""Solutions: what they default to, what they refuse, and when they may go."""

import pytest

from tests.waiting import until

RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization"


def test_automatic_training_is_on_unless_it_is_switched_off(shop, trained):
    name = shop.name("solution")
    arn = shop.api.create_solution(name=name, datasetGroupArn=trained.group, recipeArn=RECIPE)["solutionArn"]
    solution = shop.settled("solution", arn)
    assert solution["performAutoTraining"] is True
    assert (solution["performHPO"], solution["performAutoML"], solution["status"]) == (False, False, "ACTIVE")
    assert shop.describe("solution", shop.solution(trained.group))["performAutoTraining"] is False


def test_a_solution_shows_its_latest_version_and_is_listed(shop, trained):
    latest = shop.describe("solution", trained.solution)["latestSolutionVersion"]
    versions = shop.api.list_solution_versions(solutionArn=trained.solution)["solutionVersions"]
    assert latest["solutionVersionArn"] == versions[-1]["solutionVersionArn"]
    solutions = shop.api.list_solutions(datasetGroupArn=trained.group)["solutions"]
    assert trained.solution in [solution["solutionArn"] for solution in solutions]


@pytest.mark.parametrize(
    "members",
    [
        {"recipeArn": "arn:aws:personalize:::recipe/aws-nothing"},
        {"solutionConfig": {"algorithmHyperParameters": {"no_such_parameter": "1"}}},
        {"solutionConfig": {"autoTrainingConfig": {"schedulingExpression": "daily"}}},
        {"eventType": "e" * 257},
    ],
)
def test_solutions_that_cannot_be_are_refused(shop, trained, members):
    request = {"name": shop.name("solution"), "datasetGroupArn": trained.group, "recipeArn": RECIPE}
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        shop.api.create_solution(**request | members)


def test_a_solution_goes_with_its_versions_once_no_campaign_serves_them(shop, trained):
    solution = shop.solution(trained.group, "aws-popularity-count")
    version = shop.version(solution)
    campaign = shop.campaign(version)
    with pytest.raises(shop.api.exceptions.ResourceInUseException):
        shop.api.delete_solution(solutionArn=solution)
    shop.remove("campaign", campaign)
    shop.remove("solution", solution)
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        shop.describe("solution_version", version)
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        shop.api.list_solution_versions(solutionArn=solution)


def test_when_a_solution_trains_may_be_changed(shop, trained):
    solution = shop.solution(trained.group)
    assert "latestSolutionUpdate" not in shop.describe("solution", solution)
    schedule = {"autoTrainingConfig": {"schedulingExpression": "rate(30 days)"}}
    shop.api.update_solution(solutionArn=solution, performAutoTraining=True, solutionUpdateConfig=schedule)

    def done():
        found = shop.describe("solution", solution)
        return found if found["latestSolutionUpdate"]["status"] == "ACTIVE" else None

    found = until(done, f"{solution} is updated", shop.patience, shop.pause)
    assert (found["performAutoTraining"], found["solutionConfig"]) == (True, schedule)
    assert found["latestSolutionUpdate"]["solutionUpdateConfig"] == schedule
    shop.api.update_solution(solutionArn=solution, performAutoTraining=False)


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"performIncrementalUpdate": True},
        {"solutionUpdateConfig": {"autoTrainingConfig": {"schedulingExpression": "rate(31 days)"}}},
        {"solutionUpdateConfig": {"eventsConfig": {"eventParametersList": [{"eventType": "watch", "weight": 1.0}]}}},
    ],
)
def test_other_changes_of_a_solution_are_refused(shop, trained, members):
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        shop.api.update_solution(solutionArn=trained.solution, **members)


def test_an_unknown_solution_is_not_found(shop):
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        shop.api.update_solution(solutionArn=shop.missing("solution"), performAutoTraining=False)
