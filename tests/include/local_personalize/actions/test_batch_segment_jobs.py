"""Batch segment jobs: users with affinity to items. What else they can do is in work/test_batch_segment.py."""

import json

import pytest

from tests.include.local_personalize.shop import BUCKET, ROLE


@pytest.fixture(scope="module")
def version(shop, trained):
    """An ACTIVE version of item-affinity."""
    return shop.version(shop.solution(trained.group, "aws-item-affinity"))


@pytest.fixture
def create(shop, version):
    def create(**members):
        places = {
            "jobInput": {"s3DataSource": {"path": f"s3://{BUCKET}/in.json"}},
            "jobOutput": {"s3DataDestination": {"path": f"s3://{BUCKET}/out/"}},
        }
        request = {"jobName": shop.name("segments"), "solutionVersionArn": version, "roleArn": ROLE}
        return shop.api.create_batch_segment_job(**request | places | members)["batchSegmentJobArn"]

    return create


def test_segments_are_written_for_each_item(shop, create, s3, put):
    folder = shop.name("segments")
    source = put(f"{folder}/in/items.json", ['{"itemId": "i2"}', '{"itemId": "i3"}'])
    arn = create(
        jobInput={"s3DataSource": {"path": source}},
        jobOutput={"s3DataDestination": {"path": f"s3://{BUCKET}/{folder}/out/"}},
        numResults=20,
    )
    job = shop.settled("batch_segment_job", arn)
    assert (job["status"], job["numResults"], job["roleArn"]) == ("ACTIVE", 20, ROLE)
    body = s3.get_object(Bucket=BUCKET, Key=f"{folder}/out/items.json.out")["Body"].read().decode()
    outputs = {output["input"]["itemId"]: output for output in map(json.loads, body.splitlines())}
    assert set(outputs) == {"i2", "i3"}
    for item, output in outputs.items():
        users = output["output"]["usersList"]
        assert len(set(users)) == 20
        assert {int(user[1:]) % 2 for user in users} == {int(item[1:]) % 2}
        assert output["error"] is None


def test_a_job_is_listed_under_its_version_and_keeps_its_name(shop, version, create):
    name = shop.name("segments")
    arn = create(jobName=name)
    assert arn.endswith(f":batch-segment-job/{name}")
    with pytest.raises(shop.api.exceptions.ResourceAlreadyExistsException):
        create(jobName=name)
    listed = shop.api.list_batch_segment_jobs(solutionVersionArn=version)["batchSegmentJobs"]
    assert arn in [job["batchSegmentJobArn"] for job in listed]
    assert shop.settled("batch_segment_job", arn)["numResults"] == 25


def test_segmentation_has_metrics_of_its_own(shop, version):
    metrics = shop.api.get_solution_metrics(solutionVersionArn=version)["metrics"]
    assert list(metrics) == ["coverage", "hits_at_1_percent", "recall_at_1_percent"]


@pytest.mark.parametrize(
    "members",
    [
        {"jobOutput": {"s3DataDestination": {"path": f"s3://{BUCKET}/in.json"}}},
        {"numResults": 0},
        {"numResults": 5_000_001},
        {"roleArn": "nobody"},
    ],
)
def test_jobs_that_cannot_be_are_refused(shop, create, members):
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        create(**members)


def test_a_version_of_a_segmentation_recipe_is_needed(shop, trained, create):
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        create(solutionVersionArn=trained.version)
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        create(solutionVersionArn=trained.solution)


def test_what_is_not_there_is_not_found(shop, create):
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        create(filterArn=shop.missing("filter"))
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        shop.api.describe_batch_segment_job(batchSegmentJobArn=shop.missing("batch-segment-job"))


def test_a_token_belongs_to_its_list(shop):
    with pytest.raises(shop.api.exceptions.InvalidNextTokenException):
        shop.api.list_batch_segment_jobs(nextToken="bm8gdG9rZW4=")
