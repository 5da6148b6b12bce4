"""Import jobs as requests: states, listing, quota, refusals. Their work is in work/test_dataset_import.py."""

import pytest

from tests.include.local_personalize.shop import ROLE
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


def test_a_job_name_is_used_once(shop, put):
    location = put("once/users.csv", USERS)
    request = {"jobName": shop.name("job"), "dataSource": {"dataLocation": location}, "roleArn": ROLE}
    dataset = shop.dataset(shop.group(), "Users")
    job = shop.api.create_dataset_import_job(datasetArn=dataset, **request)["datasetImportJobArn"]
    with pytest.raises(shop.api.exceptions.ResourceAlreadyExistsException):
        shop.api.create_dataset_import_job(datasetArn=dataset, **request)
    assert shop.settled("dataset_import_job", job)["importMode"] == "FULL"


@pytest.mark.parametrize(
    "members",
    [
        {"roleArn": "admin"},
        {"dataSource": {}},
        {"dataSource": {"dataLocation": "https://example.com/users.csv"}},
        {"dataSource": {"dataLocation": "users.csv"}},
        {"importMode": "BOTH"},
        {"publishAttributionMetricsToS3": True},
    ],
)
def test_requests_that_amazon_refuses(shop, users, members):
    request = {"jobName": shop.name("job"), "dataSource": {"dataLocation": "s3://shop/users.csv"}, "datasetArn": users}
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        shop.api.create_dataset_import_job(**request | members)


@pytest.fixture(scope="module")
def users(shop):
    return shop.dataset(shop.group(), "Users")
