"""Batch inference from S3 to S3: every input line comes out once, under its own file's name."""

import json

import pytest

from tests.include.local_personalize.cinema import Cinema, bought, colour
from tests.include.local_personalize.shop import BUCKET, ROLE


@pytest.fixture(scope="module")
def cinema(shop):
    return Cinema(shop)


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
def outputs(shop, s3, put, run):
    """Run a job on these lines; returns its output lines, by user or item."""

    def outputs(version, lines, **members):
        folder = shop.name("batch")
        read = put(f"{folder}/in.json", [json.dumps(line) for line in lines])
        job = run(read, f"s3://{BUCKET}/{folder}/out/", version, **members)
        assert job["status"] == "ACTIVE", job
        printed = [json.loads(line) for line in lines_of(s3, f"{folder}/out/in.json.out")]
        return {each["input"].get("userId") or each["input"]["itemId"]: each for each in printed}

    return outputs


def test_related_items_are_asked_by_item_and_have_no_scores(cinema, outputs):
    found = outputs(cinema.version("aws-similar-items"), [{"itemId": "i8"}, {"itemId": "i3"}], numResults=4)
    for item, each in found.items():
        assert each["output"].keys() == {"recommendedItems"}
        assert [colour(int(other[1:])) for other in each["output"]["recommendedItems"]] == [colour(int(item[1:]))] * 4


def test_a_ranking_has_all_items_of_its_line(cinema, outputs):
    items = [f"i{at}" for at in range(10, 40)]
    [found] = outputs(cinema.version("aws-personalized-ranking"), [{"userId": "u1", "itemList": items}]).values()
    assert sorted(found["output"]["recommendedItems"]) == sorted(items)
    assert len(found["output"]["scores"]) == 30
    new = [item for item in found["output"]["recommendedItems"] if int(item[1:]) >= 28]  # to u1
    assert {colour(int(item[1:])) for item in new[:5]} == {"black"}


def test_each_line_has_values_of_its_own_for_the_filter(cinema, outputs):
    arn = cinema.filter(
        "INCLUDE ItemID WHERE Items.GENRES IN ($GENRES)"
        ' | EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("buy") IF CurrentUser.TIER = "gold"'
    )
    lines = [
        {"userId": "u1", "filterValues": {"GENRES": '"black"'}},
        {"userId": "u2", "filterValues": {"GENRES": '"white"'}},
        {"userId": "u3"},
        {"userId": "u4", "filterValues": {"GENRES": "white"}},
        {"userId": "u5", "filterValues": {"GENRES": 1}},
    ]
    found = outputs(cinema.version("aws-user-personalization"), lines, filterArn=arn, numResults=30)
    left = {user: each["output"] and set(each["output"]["recommendedItems"]) for user, each in found.items()}
    assert {colour(int(item[1:])) for item in left["u1"]} == {"black"}
    assert {colour(int(item[1:])) for item in left["u2"]} == {"white"}
    assert not bought(1) & left["u1"]
    assert bought(2) & left["u2"], "u2 is not gold"
    assert "parameter of INCLUDE: GENRES" in found["u3"]["error"]
    assert "double quotes" in found["u4"]["error"]
    assert "filterValues must be" in found["u5"]["error"]
    assert left["u3"] is left["u4"] is left["u5"] is None


def test_events_put_after_the_training_count(shop, cinema, outputs):
    version = cinema.version("aws-user-personalization")
    tracker = shop.api.create_event_tracker(name=shop.name("tracker"), datasetGroupArn=cinema.group)["trackingId"]
    event = {"eventType": "watch", "properties": '{"device": "tv"}'}
    events = [event | {"itemId": f"i{item}", "sentAt": 1_700_000_000 + item} for item in (0, 2, 4, 6)]
    shop.events.put_events(trackingId=tracker, userId="newcomer", sessionId="s", eventList=events)
    config = {"itemExplorationConfig": {"explorationWeight": "0"}}
    found = outputs(version, [{"userId": "newcomer"}], numResults=6, batchInferenceJobConfig=config)
    assert {colour(int(item[1:])) for item in found["newcomer"]["output"]["recommendedItems"]} == {"white"}


THEMES = {
    "batchInferenceJobMode": "THEME_GENERATION",
    "themeGenerationConfig": {"fieldsForThemeGeneration": {"itemName": "TITLE"}},
}


def test_themes_are_what_the_items_share(cinema, outputs):
    lines = [{"itemId": "i8"}, {"itemId": "i3"}]
    found = outputs(cinema.version("aws-similar-items"), lines, numResults=5, **THEMES)
    words = {"i8": {"white", "comedy", "robots"}, "i3": {"black", "drama", "ships"}}
    for item, each in found.items():
        assert each["output"].keys() == {"recommendedItems", "theme", "itemsThemeRelevanceScores"}
        assert set(each["output"]["theme"].split(", ")) <= words[item] | {"third", "film"}
        assert set(each["output"]["theme"].split(", ")) & words[item]
        assert len(each["output"]["itemsThemeRelevanceScores"]) == 5
        assert all(0 < score <= 1 for score in each["output"]["itemsThemeRelevanceScores"])


def test_one_file_that_cannot_be_done_leaves_nothing_behind(shop, s3, put, run, cinema):
    folder = shop.name("batch")
    put(f"{folder}/in/a.json", ['{"itemId":"i1"}'])
    put(f"{folder}/in/b.json", ['{"itemId":"i1"}'] * 101)
    version = cinema.version("aws-similar-items")
    job = run(f"s3://{BUCKET}/{folder}/in/", f"s3://{BUCKET}/{folder}/out/", version, **THEMES)
    assert job["status"] == "CREATE FAILED"
    assert "b.json has more than 100 lines" in job["failureReason"]
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET, Prefix=f"{folder}/out/")


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
