"""States as callers live through them: imports, campaign updates, trainings, on the settable clock."""

import pytest

from tests.include.local_personalize.shop import checkerboard
from tests.waiting import until

USERS = ["USER_ID,AGE", "u1,30"]


def test_an_import_runs_through_its_states(own_server, shop_of, put):
    shop = shop_of(own_server("--delays", '{"pending_seconds": 0.6, "in_progress_seconds": 0.6}'))
    shop.server.http("PUT", "/_local/delays", json={})
    dataset = shop.dataset(shop.group(), "Users")
    shop.server.http("PUT", "/_local/delays", json={"pending_seconds": 0.6, "in_progress_seconds": 0.6})
    job = shop.start_import(dataset, put("states/users.csv", USERS))
    seen = []

    def active():
        status = shop.describe("dataset_import_job", job)["status"]
        seen.extend([status] if status not in seen else [])
        return status == "ACTIVE"

    until(active, "the import is ACTIVE")
    assert seen == ["CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"]


def test_five_imports_may_be_in_flight_and_the_clock_lets_them_go(own_server, shop_of, put):
    shop = shop_of(own_server())
    dataset = shop.dataset(shop.group(), "Users")
    location = put("quota/users.csv", USERS)
    shop.server.http("PUT", "/_local/delays", json={"pending_seconds": 3_600})
    jobs = [shop.start_import(dataset, location) for _ in range(5)]
    with pytest.raises(shop.api.exceptions.LimitExceededException) as error:
        shop.start_import(dataset, location)
    assert error.value.response["Error"]["Message"] == "More than 5 resources with PENDING or IN_PROGRESS status."
    with pytest.raises(shop.api.exceptions.ResourceInUseException):
        shop.api.delete_dataset(datasetArn=dataset)
    shop.server.http("PUT", "/_local/clock", json={"offset_days": 1})
    for job in jobs:
        assert shop.settled("dataset_import_job", job)["status"] == "ACTIVE"
    listed = shop.api.list_dataset_import_jobs(datasetArn=dataset)["datasetImportJobs"]
    assert [job["datasetImportJobArn"] for job in listed] == jobs


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


def test_metrics_and_campaigns_wait_for_active(own_server, shop_of):
    shop = shop_of(own_server())
    solution = shop.solution(shop.group())
    shop.server.http("PUT", "/_local/delays", json={"pending_seconds": 3_600})
    version = shop.start_version(solution)
    for premature in (
        lambda: shop.api.get_solution_metrics(solutionVersionArn=version),
        lambda: shop.campaign(version),
    ):
        with pytest.raises(shop.api.exceptions.ResourceInUseException):
            premature()
    shop.api.stop_solution_version_creation(solutionVersionArn=version)
    assert shop.describe("solution_version", version)["status"] == "CREATE STOPPED"
    with pytest.raises(shop.api.exceptions.ResourceInUseException):
        shop.api.stop_solution_version_creation(solutionVersionArn=version)


def test_a_training_in_progress_is_stopped(own_server, shop_of):
    shop = shop_of(own_server())
    group = shop.group()
    shop.import_lines(shop.dataset(group, "Interactions"), checkerboard())
    solution = shop.solution(group)
    shop.server.http("PUT", "/_local/delays", json={"in_progress_seconds": 3_600})
    version = shop.api.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    until(lambda: shop.describe("solution_version", version)["status"] == "CREATE IN_PROGRESS", "training has begun")
    shop.api.stop_solution_version_creation(solutionVersionArn=version)
    assert shop.settled("solution_version", version)["status"] == "CREATE STOPPED"
    shop.server.http("PUT", "/_local/delays", json={})
    assert shop.version(solution), "the next training is not affected"
