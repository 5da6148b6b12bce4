"""From a batch's output to published files on a real S3 server: users = rows + rejected, and each file once."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from include.config import DatasetGroup, load
from include.delivery import part_files, publish
from include.delivery.batch_output import BatchOutputError
from include.s3 import Place, under
from tests.include.datasets.night.shop import Shop

MOMENT = datetime(2026, 11, 22, 5, tzinfo=UTC)


@pytest.fixture
def group(bucket: str, tmp_path: Path) -> DatasetGroup:
    """The movies, in a bucket of the test's own."""
    text = (Path(__file__).parents[3] / "include/dataset_groups/movies.yaml").read_text()
    for place in ("incoming", "workspace", "braze"):
        text = text.replace(f"s3://movies-{place}", f"s3://{bucket}/{place}")
    (tmp_path / "movies.yaml").write_text(text)
    return load(tmp_path)[0]


def answer(s3: Any, group: DatasetGroup, users: list[str], lines: list[str]) -> None:
    batch = Place.of(group.storage.workspace) / "batch/recs_home/b1"
    asked = "".join(json.dumps({"userId": user}) + "\n" for user in users)
    s3.put_object(Bucket=batch.bucket, Key=(batch / "input/users.json").key, Body=asked)
    s3.put_object(Bucket=batch.bucket, Key=(batch / "output/users.json.out").key, Body="".join(f"{x}\n" for x in lines))
    s3.put_object(Bucket=batch.bucket, Key=(batch / "output/_CHECK").key, Body="not ours to read")
    shop = Shop(s3, group.storage)
    shop.fields["items"] = group.datasets["items"].fields
    shop.drop("items/catalog.csv", [f"i{number},t,g,1" for number in range(20)])
    shop.night("r", "items")


def line(user: str, items: list[str], error: str | None = None) -> str:
    output = None if error else {"recommendedItems": items, "scores": [0.1] * len(items)}
    return json.dumps({"input": {"userId": user}, "output": output, "error": error})


ITEMS = ["i1", "i2", "i3"]


def test_lines_in_any_order_are_joined_on_input_and_the_counts_add_up(s3: Any, group: DatasetGroup) -> None:
    users = ["u1", "u2", "u3", "u4", "u5"]
    lines = [
        line("u3", ["i3", "i2", "i1"]),
        line("u1", ITEMS),
        line("u2", [], "failed"),
        line("u1", ITEMS),
        line("u9", ITEMS),
    ]
    answer(s3, group, users, lines)  # u4 and u5 have no line, u1 has two, u9 was never asked for
    export = group.solutions[0].exports[0]

    manifest = publish.build(s3, group, export, "b1", MOMENT)
    published = publish.publish(s3, group, export, manifest)

    assert manifest["users"] == len(users) == manifest["rows"] + sum(manifest["rejected"].values())
    assert manifest["rejected"] == {"E_SRC_ERROR": 1, "E_NO_ANSWER": 2}
    assert manifest["lines_nobody_asked_for"] == 2
    rows = [json.loads(x) for uri in published for x in read(s3, Place.of(uri)).splitlines()]
    assert {row["external_id"]: json.loads(row["payload"])["recs_home_ids"] for row in rows} == {
        "u1": ["i1", "i2", "i3"],
        "u3": ["i3", "i2", "i1"],
    }
    assert manifest["bytes"] == sum(len(read(s3, Place.of(uri))) for uri in published)
    rejects = read(s3, Place.of(manifest["rejects"])).decode()
    assert "u2,E_SRC_ERROR" in rejects
    assert "u4,E_NO_ANSWER" in rejects


def test_publishing_again_puts_no_new_object_for_braze(s3: Any, group: DatasetGroup) -> None:
    answer(s3, group, ["u1"], [line("u1", ITEMS)])
    export = group.solutions[0].exports[0]
    place = Place.of(group.storage.delivery) / "cdi" / export.name
    first = publish.publish(s3, group, export, publish.build(s3, group, export, "b1", MOMENT))
    (before,) = under(s3, place)
    written = s3.head_object(Bucket=before.place.bucket, Key=before.place.key)["LastModified"]

    again = publish.publish(s3, group, export, publish.build(s3, group, export, "b1", MOMENT))

    assert again == first == [str(before.place)]
    assert s3.head_object(Bucket=before.place.bucket, Key=before.place.key)["LastModified"] == written


def test_large_batches_are_split_between_lines(s3: Any, group: DatasetGroup, monkeypatch: pytest.MonkeyPatch) -> None:
    users = [f"u{n}" for n in range(50)]
    answer(s3, group, users, [line(user, ITEMS) for user in users])
    monkeypatch.setattr(part_files, "FILE_BYTES", 1000)
    export = group.solutions[0].exports[0]

    manifest = publish.build(s3, group, export, "b1", MOMENT)

    assert len(manifest["files"]) > 1
    assert all(file["bytes"] <= 1000 for file in manifest["files"])
    assert sum(file["rows"] for file in manifest["files"]) == 50


@pytest.mark.parametrize("bad", ["not json", '{"input":{}}', "[]", '{"output":{}}'])
def test_a_line_that_is_no_answer_stops_everything(s3: Any, group: DatasetGroup, bad: str) -> None:
    answer(s3, group, ["u1"], [line("u1", ITEMS), bad])
    export = group.solutions[0].exports[0]

    with pytest.raises(BatchOutputError, match=r"users.json.out, line 2: not an answer"):
        publish.build(s3, group, export, "b1", MOMENT)

    assert under(s3, Place.of(group.storage.delivery) / "cdi") == []


def test_no_output_at_all_says_where_to_look(s3: Any, group: DatasetGroup) -> None:
    answer(s3, group, ["u1"], [])
    batch = Place.of(group.storage.workspace) / "batch/recs_home/b1/output/users.json.out"
    s3.delete_object(Bucket=batch.bucket, Key=batch.key)

    with pytest.raises(BatchOutputError, match="failureReason"):
        publish.build(s3, group, group.solutions[0].exports[0], "b1", MOMENT)


def read(s3: Any, place: Place) -> bytes:
    return s3.get_object(Bucket=place.bucket, Key=place.key)["Body"].read()
