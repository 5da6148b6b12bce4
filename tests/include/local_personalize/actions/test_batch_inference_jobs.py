"""Batch inference jobs as requests. Their work is in work/test_batch_inference.py."""

import pytest

from tests.include.local_personalize.shop import BUCKET, ROLE


@pytest.fixture
def create(shop, trained):
    def create(**members):
        places = {
            "jobInput": {"s3DataSource": {"path": f"s3://{BUCKET}/in.json"}},
            "jobOutput": {"s3DataDestination": {"path": f"s3://{BUCKET}/out/"}},
        }
        request = {"jobName": shop.name("batch"), "solutionVersionArn": trained.version, "roleArn": ROLE}
        return shop.api.create_batch_inference_job(**request | places | members)["batchInferenceJobArn"]

    return create


def test_a_job_is_listed_under_its_version_and_keeps_its_name(shop, trained, create):
    name = shop.name("batch")
    arn = create(jobName=name)
    assert arn.endswith(f":batch-inference-job/{name}")
    with pytest.raises(shop.api.exceptions.ResourceAlreadyExistsException):
        create(jobName=name)
    listed = shop.api.list_batch_inference_jobs(solutionVersionArn=trained.version)["batchInferenceJobs"]
    assert arn in [job["batchInferenceJobArn"] for job in listed]
    assert shop.settled("batch_inference_job", arn)["numResults"] == 25


@pytest.mark.parametrize(
    "members",
    [
        {"jobOutput": {"s3DataDestination": {"path": f"s3://{BUCKET}/in.json"}}},
        {"numResults": 0},
        {"batchInferenceJobMode": "THEME_GENERATION"},
        {"themeGenerationConfig": {"fieldsForThemeGeneration": {"itemName": "TITLE"}}},
        {
            "batchInferenceJobMode": "THEME_GENERATION",
            "themeGenerationConfig": {"fieldsForThemeGeneration": {"itemName": "TITLE"}},
        },
        {"batchInferenceJobConfig": {"rankingInfluence": {"POPULARITY": 0.5}}},
        {"batchInferenceJobConfig": {"itemExplorationConfig": {"explorationWeight": "2"}}},
        {"roleArn": "nobody"},
    ],
)
def test_jobs_that_cannot_be_are_refused(shop, create, members):
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        create(**members)


def test_a_version_is_needed_and_a_filter_that_is_there(shop, trained, create):
    for missing in ({"solutionVersionArn": trained.solution}, {"filterArn": shop.missing("filter")}):
        with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
            create(**missing)


def test_a_job_that_is_not_there(shop):
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        shop.api.describe_batch_inference_job(batchInferenceJobArn=shop.missing("batch-inference-job"))
    with pytest.raises(shop.api.exceptions.InvalidNextTokenException):
        shop.api.list_batch_inference_jobs(nextToken="none")
