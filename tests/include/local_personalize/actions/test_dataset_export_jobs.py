"""Export jobs as requests. What they write is in work/test_dataset_export.py."""

import pytest

from tests.include.local_personalize.shop import BUCKET, ROLE


@pytest.fixture(scope="module")
def dataset(shop):
    dataset = shop.dataset(shop.group(), "Users")
    assert shop.import_lines(dataset, ["USER_ID,AGE", "u1,30"])["status"] == "ACTIVE"
    return dataset


def request(shop, dataset, **members):
    output = {"s3DataDestination": {"path": f"s3://{BUCKET}/{shop.name('exports')}/"}}
    return {"jobName": shop.name("export"), "datasetArn": dataset, "roleArn": ROLE, "jobOutput": output} | members


@pytest.mark.parametrize("mode", ["BULK", "PUT", "ALL"])
def test_an_export_ends_active_and_is_listed(shop, dataset, mode):
    wanted = request(shop, dataset, ingestionMode=mode)
    job = shop.api.create_dataset_export_job(**wanted)["datasetExportJobArn"]
    described = shop.settled("dataset_export_job", job)
    assert described["status"] == "ACTIVE"
    assert {name: described[name] for name in wanted} == wanted
    listed = shop.api.list_dataset_export_jobs(datasetArn=dataset)["datasetExportJobs"]
    assert job in {found["datasetExportJobArn"] for found in listed}


def test_put_data_is_what_is_exported_by_default(shop, dataset):
    job = shop.api.create_dataset_export_job(**request(shop, dataset))["datasetExportJobArn"]
    assert shop.settled("dataset_export_job", job)["ingestionMode"] == "PUT"


def test_a_job_name_is_used_once(shop, dataset):
    wanted = request(shop, dataset)
    shop.api.create_dataset_export_job(**wanted)
    with pytest.raises(shop.api.exceptions.ResourceAlreadyExistsException):
        shop.api.create_dataset_export_job(**wanted)


def test_what_is_not_there_is_not_found(shop):
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        shop.api.create_dataset_export_job(**request(shop, shop.missing("dataset")))
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        shop.api.describe_dataset_export_job(datasetExportJobArn=shop.missing("dataset-export-job"))
    with pytest.raises(shop.api.exceptions.InvalidNextTokenException):
        shop.api.list_dataset_export_jobs(nextToken="none")


@pytest.mark.parametrize(
    "members",
    [
        {"ingestionMode": "SOME"},
        {"roleArn": "admin"},
        {"jobOutput": {"s3DataDestination": {"path": "https://example.com/exports"}}},
    ],
)
def test_requests_that_amazon_refuses(shop, dataset, members):
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        shop.api.create_dataset_export_job(**request(shop, dataset, **members))
