"""Solution versions: real training, FULL and UPDATE, names, metrics, stopping."""

import re

import pytest

from tests.include.local_personalize.shop import checkerboard

METRICS = [
    "coverage",
    "mean_reciprocal_rank_at_25",
    "normalized_discounted_cumulative_gain_at_10",
    "normalized_discounted_cumulative_gain_at_25",
    "normalized_discounted_cumulative_gain_at_5",
    "precision_at_10",
    "precision_at_25",
    "precision_at_5",
]


def metrics(shop, version):
    return shop.api.get_solution_metrics(solutionVersionArn=version)["metrics"]


def test_a_version_is_named_and_described_as_amazon_does(shop, trained):
    version = shop.describe("solution_version", trained.version)
    assert re.fullmatch(re.escape(trained.solution) + "/[0-9a-f]{8}", trained.version)
    assert version["name"] == trained.version.split("solution/")[1]
    assert (version["trainingMode"], version["trainingType"]) == ("FULL", "MANUAL")
    assert 0 < version["trainingHours"] < 1
    assert version["recipeArn"].endswith("/aws-user-personalization")


def test_the_eight_metrics_are_shares_rounded_to_four_decimals(shop, trained):
    measured = metrics(shop, trained.version)
    assert list(measured) == METRICS
    assert all(0 <= value <= 1 and value == round(value, 4) for value in measured.values())
    assert measured["coverage"] > 0


def test_a_training_is_stopped_and_then_there_are_no_metrics(shop, trained):
    version = shop.start_version(shop.solution(trained.group))
    shop.api.stop_solution_version_creation(solutionVersionArn=version)
    assert shop.settled("solution_version", version)["status"] == "CREATE STOPPED"
    with pytest.raises(shop.api.exceptions.ResourceInUseException):
        metrics(shop, version)
    with pytest.raises(shop.api.exceptions.ResourceInUseException):
        shop.api.stop_solution_version_creation(solutionVersionArn=version)


def test_an_update_reports_the_metrics_of_its_full_version(shop, trained):
    update = shop.version(trained.solution, "UPDATE")
    assert shop.describe("solution_version", update)["trainingMode"] == "UPDATE"
    assert metrics(shop, update) == metrics(shop, trained.version)


def test_update_needs_a_full_version_and_a_recipe_that_has_it(shop, trained):
    fresh = shop.solution(trained.group)
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        shop.start_version(fresh, "UPDATE")
    popularity = shop.solution(trained.group, "aws-popularity-count")
    shop.version(popularity)
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        shop.start_version(popularity, "UPDATE")


def test_a_version_name_is_used_once_in_a_solution(shop, trained):
    solution = shop.solution(trained.group, "aws-popularity-count")
    name = shop.name("version")
    arn = shop.api.create_solution_version(solutionArn=solution, name=name)["solutionVersionArn"]
    with pytest.raises(shop.api.exceptions.ResourceAlreadyExistsException):
        shop.api.create_solution_version(solutionArn=solution, name=name)
    assert shop.settled("solution_version", arn)["name"] == name
    other = shop.solution(trained.group, "aws-popularity-count")
    arn = shop.api.create_solution_version(solutionArn=other, name=name)["solutionVersionArn"]
    assert shop.settled("solution_version", arn)["status"] == "ACTIVE"


def test_too_little_data_fails_with_a_reason(shop):
    group = shop.group()
    lines = [f"u{number},i{number % 50},watch,{number + 1}" for number in range(1_200)]  # nobody comes back
    header = checkerboard()[0]
    assert shop.import_lines(shop.dataset(group, "Interactions"), [header, *lines])["status"] == "ACTIVE"
    version = shop.settled("solution_version", shop.start_version(shop.solution(group)))
    assert version["status"] == "CREATE FAILED"
    assert version["failureReason"]


def test_a_group_without_data_fails_with_a_reason(shop):
    version = shop.settled("solution_version", shop.start_version(shop.solution(shop.group())))
    assert version["status"] == "CREATE FAILED"
    assert version["failureReason"]
