"""Segments from S3 to S3: every question comes out once, with its users or with what is wrong with it."""

import json
from types import SimpleNamespace

import pytest

from tests.include.local_personalize.shop import BUCKET, ROLE, checkerboard

ITEMS = 30
GENRES = [
    "ITEM_ID,GENRES,CREATION_TIMESTAMP",
    *(f"i{item},{('war', 'love')[item % 2]}|film,1" for item in range(ITEMS)),
]


ITEMS_SCHEMA = {
    "type": "record",
    "name": "Items",
    "namespace": "com.amazonaws.personalize.schema",
    "fields": [
        {"name": "ITEM_ID", "type": "string"},
        {"name": "GENRES", "type": "string", "categorical": True},
        {"name": "CREATION_TIMESTAMP", "type": "long"},
    ],
    "version": "1.0",
}


@pytest.fixture(scope="module")
def segmented(shop) -> SimpleNamespace:
    """A group with items of two genres, users with ages, and an ACTIVE version of each segmentation recipe."""
    group = shop.group()
    shop.import_lines(shop.dataset(group, "Interactions"), checkerboard())
    schema = shop.api.create_schema(name=shop.name("schema"), schema=json.dumps(ITEMS_SCHEMA))["schemaArn"]
    items = {"name": shop.name("dataset"), "datasetGroupArn": group, "datasetType": "Items", "schemaArn": schema}
    shop.import_lines(shop.api.create_dataset(**items)["datasetArn"], GENRES)
    shop.import_lines(shop.dataset(group, "Users"), ["USER_ID,AGE", *(f"u{user},{user}" for user in range(60))])
    items, attributes = (
        shop.version(shop.solution(group, f"aws-{recipe}")) for recipe in ("item-affinity", "item-attribute-affinity")
    )
    return SimpleNamespace(group=group, items=items, attributes=attributes)


@pytest.fixture
def run(shop, s3, put):
    """Run a job over files of these lines; returns its description and, if it is ACTIVE, the lines of each output."""

    def run(version, files, **members):
        folder = shop.name("segments")
        for name, lines in files.items():
            put(f"{folder}/in/{name}", lines)
        request = {"jobName": shop.name("segments"), "solutionVersionArn": version, "roleArn": ROLE}
        places = {
            "jobInput": {"s3DataSource": {"path": f"s3://{BUCKET}/{folder}/in/"}},
            "jobOutput": {"s3DataDestination": {"path": f"s3://{BUCKET}/{folder}/out/"}},
        }
        arn = shop.api.create_batch_segment_job(**request, **places, **members)["batchSegmentJobArn"]
        job = shop.settled("batch_segment_job", arn)
        listed = s3.list_objects_v2(Bucket=BUCKET, Prefix=f"{folder}/out/").get("Contents", [])
        bodies = {found["Key"]: s3.get_object(Bucket=BUCKET, Key=found["Key"])["Body"].read() for found in listed}
        return job, {key.rsplit("/", 1)[-1]: body.decode().splitlines() for key, body in bodies.items()}

    return run


def ages(output):
    return {int(user[1:]) for user in output["output"]["usersList"]}


def test_segments_of_attributes_are_printed_as_amazon_prints_them(run, segmented):
    questions = ['ITEMS.GENRES = "war"', 'Items.genres="love" AND ITEMS.GENRES = "film"']
    lines = [json.dumps({"itemAttributes": question}) for question in questions]
    job, files = run(segmented.attributes, {"one.json": lines, "two.json": lines[:1]}, numResults=30)
    assert job["status"] == "ACTIVE"
    assert set(files) == {"one.json.out", "two.json.out", "_CHECK"}
    outputs = {json.loads(line)["input"]["itemAttributes"]: json.loads(line) for line in files["one.json.out"]}
    assert {age % 2 for age in ages(outputs[questions[0]])} == {0}
    assert {age % 2 for age in ages(outputs[questions[1]])} == {1}
    [line] = files["two.json.out"]
    shown = line.replace(json.dumps(json.loads(line)["output"]["usersList"]), "[]")
    assert (
        shown == '{"input": {"itemAttributes": "ITEMS.GENRES = \\"war\\""}, "output": {"usersList": []}, "error": null}'
    )


def test_the_order_of_questions_is_not_kept(run, segmented):
    lines = [json.dumps({"itemId": f"i{item}"}) for item in range(ITEMS)]
    _, files = run(segmented.items, {"in.json": lines}, numResults=3)
    asked = [json.loads(line)["input"]["itemId"] for line in files["in.json.out"]]
    assert sorted(asked) == sorted(f"i{item}" for item in range(ITEMS))
    assert asked != [f"i{item}" for item in range(ITEMS)]


@pytest.mark.parametrize(
    ("recipe", "line", "error"),
    [
        ("items", "not json", "not valid JSON"),
        ("items", '["i1"]', "must be a JSON object with itemId"),
        ("items", '{"itemAttributes": "ITEMS.GENRES = \\"war\\""}', "must be a JSON object with itemId"),
        ("items", '{"itemId": "i1", "filterValues": {}}', "must be a JSON object with itemId"),
        ("items", '{"itemId": 1}', "itemId must be a string"),
        ("items", '{"itemId": "unknown"}', "No item with interactions was unknown when"),
        ("attributes", '{"itemId": "i1"}', "must be a JSON object with itemAttributes"),
        ("attributes", '{"itemAttributes": "GENRES = war"}', "cannot be read at character 1"),
        (
            "attributes",
            '{"itemAttributes": "ITEMS.GENRES = \\"opera\\""}',
            "No item with interactions was ITEMS.GENRES",
        ),
    ],
)
def test_failed_lines_say_why_and_the_others_succeed(run, segmented, recipe, line, error):
    good = {"items": '{"itemId": "i1"}', "attributes": '{"itemAttributes": "ITEMS.GENRES = \\"love\\""}'}[recipe]
    job, files = run(getattr(segmented, recipe), {"in.json": [line, good]})
    assert job["status"] == "ACTIVE"
    outputs = [json.loads(each) for each in files["in.json.out"]]
    [failed] = [output for output in outputs if output["error"]]
    [succeeded] = [output for output in outputs if not output["error"]]
    assert failed["output"] is None
    assert error in failed["error"]
    assert len(succeeded["output"]["usersList"]) == 25


@pytest.mark.parametrize(("recipe", "most"), [("items", 500), ("attributes", 10)])
def test_a_file_with_too_many_questions_fails_the_job(run, segmented, recipe, most):
    line = {"items": '{"itemId": "i1"}', "attributes": '{"itemAttributes": "ITEMS.GENRES = \\"love\\""}'}[recipe]
    version = getattr(segmented, recipe)
    job, files = run(version, {"in.json": [line] * (most + 1)}, numResults=1)
    assert (job["status"], files) == ("CREATE FAILED", {})
    assert f"has {most + 1} queries; aws-item-" in job["failureReason"]
    job, files = run(version, {"in.json": [line] * most}, numResults=1)
    assert (job["status"], len(files["in.json.out"])) == ("ACTIVE", most)


def test_a_filter_leaves_only_some_users(shop, run, segmented):
    expression = "EXCLUDE UserID WHERE Users.AGE < $AGE"
    made = shop.api.create_filter(
        name=shop.name("filter"), datasetGroupArn=segmented.group, filterExpression=expression
    )
    line = json.dumps({"itemAttributes": 'ITEMS.GENRES = "war"', "filterValues": {"AGE": "40"}})
    job, files = run(segmented.attributes, {"in.json": [line]}, filterArn=made["filterArn"], numResults=60)
    assert (job["status"], job["filterArn"]) == ("ACTIVE", made["filterArn"])
    [output] = map(json.loads, files["in.json.out"])
    assert ages(output) == set(range(40, 60))


def test_a_filter_on_events_suits_item_affinity_alone(shop, run, segmented):
    expression = 'EXCLUDE UserID WHERE Interactions.EVENT_TYPE IN ("watch")'
    made = shop.api.create_filter(
        name=shop.name("filter"), datasetGroupArn=segmented.group, filterExpression=expression
    )
    _, files = run(segmented.items, {"in.json": ['{"itemId": "i1"}']}, filterArn=made["filterArn"])
    [output] = map(json.loads, files["in.json.out"])
    assert output["output"]["usersList"] == [], "all users have watched something"
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        run(segmented.attributes, {"in.json": ["{}"]}, filterArn=made["filterArn"])
