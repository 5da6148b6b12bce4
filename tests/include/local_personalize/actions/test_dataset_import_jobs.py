"""Import jobs as requests: states, names, refusals. Their work is in work/test_dataset_import.py."""

import pytest

from tests.include.local_personalize.shop import BUCKET, ROLE

USERS = ["USER_ID,AGE", "u1,30"]


def test_a_job_name_is_used_once(shop, put):
    location = put("once/users.csv", USERS)
    request = {"jobName": shop.name("job"), "dataSource": {"dataLocation": location}, "roleArn": ROLE}
    dataset = shop.dataset(shop.group(), "Users")
    job = shop.api.create_dataset_import_job(datasetArn=dataset, **request)["datasetImportJobArn"]
    with pytest.raises(shop.api.exceptions.ResourceAlreadyExistsException):
        shop.api.create_dataset_import_job(datasetArn=dataset, **request)
    assert shop.settled("dataset_import_job", job)["importMode"] == "FULL"
    listed = shop.api.list_dataset_import_jobs(datasetArn=dataset)["datasetImportJobs"]
    assert [found["datasetImportJobArn"] for found in listed] == [job]


@pytest.mark.parametrize(
    "members",
    [
        {"roleArn": "admin"},
        {"dataSource": {}},
        {"dataSource": {"dataLocation": "users.csv"}},
        {"importMode": "BOTH"},
    ],
)
def test_requests_that_amazon_refuses(shop, users, members):
    source = {"dataLocation": f"s3://{BUCKET}/users.csv"}
    request = {"jobName": shop.name("job"), "dataSource": source, "datasetArn": users}
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        shop.api.create_dataset_import_job(**request | members)


@pytest.fixture(scope="module")
def users(shop):
    return shop.dataset(shop.group(), "Users")
