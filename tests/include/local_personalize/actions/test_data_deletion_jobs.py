"""Data deletion jobs as requests. What they delete is in work/test_data_deletion.py."""

import pytest

from tests.include.local_personalize.shop import ROLE


@pytest.fixture(scope="module")
def group(shop):
    group = shop.group()
    shop.import_lines(shop.dataset(group, "Users"), ["USER_ID,AGE", "u1,30", "u2,31"])
    return group


def request(shop, group, location=None, **members):
    location = location or shop.put(f"{shop.name('deletions')}/users.csv", ["USER_ID", "u1"])
    source = {"dataSource": {"dataLocation": location}}
    return {"jobName": shop.name("deletion"), "datasetGroupArn": group, "roleArn": ROLE} | source | members


def test_a_deletion_ends_completed_and_the_newest_is_listed_first(shop, group):
    jobs = []
    for _ in range(3):
        wanted = request(shop, group)
        jobs.append(shop.api.create_data_deletion_job(**wanted)["dataDeletionJobArn"])
        described = shop.settled("data_deletion_job", jobs[-1])
        assert described["status"] == "COMPLETED"
        assert {name: described[name] for name in wanted} == wanted
    listed = shop.api.list_data_deletion_jobs(datasetGroupArn=group)["dataDeletionJobs"]
    assert [found["dataDeletionJobArn"] for found in listed] == jobs[::-1]
    assert {found["status"] for found in listed} == {"COMPLETED"}
    first = shop.api.list_data_deletion_jobs(datasetGroupArn=group, maxResults=2)
    rest = shop.api.list_data_deletion_jobs(datasetGroupArn=group, maxResults=2, nextToken=first["nextToken"])
    assert [found["dataDeletionJobArn"] for found in rest["dataDeletionJobs"]] == jobs[:1]


def test_a_deletion_without_a_file_fails(shop, group):
    wanted = request(shop, group, location=shop.put(f"{shop.name('deletions')}/users.txt", ["USER_ID", "u1"]))
    job = shop.api.create_data_deletion_job(**wanted)["dataDeletionJobArn"]
    described = shop.settled("data_deletion_job", job)
    assert described["status"] == "FAILED"
    assert described["failureReason"]
    assert "numDeleted" not in described


def test_what_is_not_there_is_not_found(shop):
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        shop.api.create_data_deletion_job(**request(shop, shop.missing("dataset-group")))
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        shop.api.describe_data_deletion_job(dataDeletionJobArn=shop.missing("data-deletion-job"))
    with pytest.raises(shop.api.exceptions.InvalidNextTokenException):
        shop.api.list_data_deletion_jobs(nextToken="none")


def test_a_job_name_is_used_once(shop, group):
    wanted = request(shop, group)
    shop.api.create_data_deletion_job(**wanted)
    with pytest.raises(shop.api.exceptions.ResourceAlreadyExistsException):
        shop.api.create_data_deletion_job(**wanted)


@pytest.mark.parametrize(
    "members", [{"roleArn": "admin"}, {"dataSource": {}}, {"dataSource": {"dataLocation": "https://example.com/u.csv"}}]
)
def test_requests_that_amazon_refuses(shop, group, members):
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        shop.api.create_data_deletion_job(**request(shop, group, **members))
