"""Batch inference from S3 to S3: every input line comes out once, under its own file's name."""

import json

import pytest

from tests.include.local_personalize.shop import ROLE

BUCKET = "shop"


@pytest.fixture
def run(shop, trained):
    """Run a batch job; returns its description once settled."""

    def run(read, written, version=trained.version, **members):
        request = {"jobName": shop.name("batch"), "solutionVersionArn": version, "roleArn": ROLE}
        places = {"jobInput": {"s3DataSource": {"path": read}}, "jobOutput": {"s3DataDestination": {"path": written}}}
        arn = shop.api.create_batch_inference_job(**request, **places, **members)["batchInferenceJobArn"]
        return shop.settled("batch_inference_job", arn)

    return run


def lines_of(s3, key):
    return s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode().splitlines()


def test_every_line_comes_back_once_joined_on_its_input(shop, s3, put, run):
    folder = shop.name("batch")
    users = [f"u{number}" for number in range(60)]
    put(f"{folder}/in/one.json", [json.dumps({"userId": user}) for user in users])
    put(f"{folder}/in/two.json", [json.dumps({"userId": "u1"})])
    config = {"itemExplorationConfig": {"explorationWeight": "0"}}
    job = run(
        f"s3://{BUCKET}/{folder}/in/", f"s3://{BUCKET}/{folder}/out/", numResults=5, batchInferenceJobConfig=config
    )
    assert (job["status"], job["numResults"], job["batchInferenceJobMode"]) == ("ACTIVE", 5, "BATCH_INFERENCE")
    listed = s3.list_objects_v2(Bucket=BUCKET, Prefix=f"{folder}/out/")["Contents"]
    assert {found["Key"] for found in listed} == {
        f"{folder}/out/{name}" for name in ("one.json.out", "two.json.out", "_CHECK")
    }
    lines = lines_of(s3, f"{folder}/out/one.json.out")
    outputs = [json.loads(line) for line in lines]
    assert sorted(output["input"]["userId"] for output in outputs) == sorted(users)
    assert [output["input"]["userId"] for output in outputs] != users, "readers have to join on input"
    for line, output in zip(lines, outputs, strict=True):
        colour = int(output["input"]["userId"][1:]) % 2
        assert [int(item[1:]) % 2 for item in output["output"]["recommendedItems"]] == [colour] * 5
        assert len(output["output"]["scores"]) == 5
        assert output["error"] is None
        assert line == json.dumps(output, separators=(",", ":"))


def test_failed_lines_say_why_and_the_others_succeed(shop, s3, put, run):
    folder = shop.name("batch")
    lines = ['{"userId":"u1"}', "not json", '{"itemId":"i1"}', '{"userId":7}', "", '{"userId":"u2","extra":1}', "[]"]
    read = put(f"{folder}/in.json", lines)
    assert run(read, f"s3://{BUCKET}/{folder}/out/")["status"] == "ACTIVE"
    outputs = [json.loads(line) for line in lines_of(s3, f"{folder}/out/in.json.out")]
    failed = [output for output in outputs if output["error"]]
    assert len(outputs) == 6
    assert all(output["output"] is None for output in failed)
    assert sorted(map(str, [output["input"] for output in failed])) == sorted(
        ["not json", "{'itemId': 'i1'}", "{'userId': 7}", "{'userId': 'u2', 'extra': 1}", "[]"]
    )


def test_popularity_has_no_scores(shop, s3, put, run, trained):
    folder = shop.name("batch")
    read = put(f"{folder}/in.json", ['{"userId":"u1"}'])
    version = shop.version(shop.solution(trained.group, "aws-popularity-count"))
    assert run(read, f"s3://{BUCKET}/{folder}/out/", version, numResults=3)["status"] == "ACTIVE"
    [line] = lines_of(s3, f"{folder}/out/in.json.out")
    assert json.loads(line)["output"].keys() == {"recommendedItems"}


@pytest.mark.parametrize(
    ("read", "written", "reason"),
    [
        (f"s3://{BUCKET}/nothing-here/", f"s3://{BUCKET}/out/", "Invalid S3 input path"),
        ("s3://no-such-bucket/in.json", f"s3://{BUCKET}/out/", "Invalid S3 input path"),
        (f"s3://{BUCKET}/batch-place/in.json", "s3://no-such-bucket/out/", "Invalid S3 output path"),
    ],
)
def test_places_that_are_not_there_fail_the_job(put, run, read, written, reason):
    put("batch-place/in.json", ['{"userId":"u1"}'])
    job = run(read, written)
    assert job["status"] == "CREATE FAILED"
    assert reason in job["failureReason"]
