"""The control plane: health, the log of calls, the clock and the delays."""

import time

import pytest


def test_calls_are_counted_and_changes_logged(shop):
    def counted():
        return shop.server.http("GET", "/_local/calls").json()

    before = counted()["counts"]
    group = shop.group()
    name = group.rsplit("/", 1)[-1]
    with pytest.raises(shop.api.exceptions.ResourceAlreadyExistsException):
        shop.api.create_dataset_group(name=name)
    shop.describe("dataset_group", group)
    after = counted()
    assert after["counts"]["CreateDatasetGroup"] == before.get("CreateDatasetGroup", 0) + 2
    assert after["counts"]["DescribeDatasetGroup"] == before.get("DescribeDatasetGroup", 0) + 1
    made, refused = [entry for entry in after["mutating"] if entry["name"] == name]
    assert (made["operation"], made["arn"], made["status"]) == ("CreateDatasetGroup", group, "OK")
    assert refused["status"] == "ResourceAlreadyExistsException"


def test_the_clock_moves_time_stamps(own_server, shop_of):
    shop = shop_of(own_server("--clock-offset-days", "-10"))
    assert shop.describe("dataset_group", shop.group())["creationDateTime"].timestamp() == pytest.approx(
        time.time() - 10 * 86_400, abs=60
    )
    assert shop.server.http("PUT", "/_local/clock", json={"offset_days": 7}).json()["offset_days"] == 7
    created = shop.describe("dataset_group", shop.group())["creationDateTime"].timestamp()
    assert created == pytest.approx(time.time() + 7 * 86_400, abs=60)


def test_delays_are_lived_through_and_deletion_too(own_server, shop_of):
    shop = shop_of(own_server())
    shop.server.http("PUT", "/_local/delays", json={"pending_seconds": 3_600, "in_progress_seconds": 3_600})
    group = shop.group()

    def status_after(hours):
        shop.server.http("PUT", "/_local/clock", json={"offset_days": hours / 24})
        return shop.describe("dataset_group", group)["status"]

    assert [status_after(hours) for hours in (0, 1.5, 3)] == ["CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"]
    shop.api.delete_dataset_group(datasetGroupArn=group)
    assert [status_after(hours) for hours in (3, 4.5)] == ["DELETE PENDING", "DELETE IN_PROGRESS"]
    with pytest.raises(shop.api.exceptions.ResourceInUseException):
        shop.api.delete_dataset_group(datasetGroupArn=group)
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        status_after(6)
    assert shop.api.list_dataset_groups()["datasetGroups"] == []


def test_an_answer_can_be_held_back_after_the_deed(own_server, shop_of):
    shop = shop_of(own_server())
    shop.server.http("PUT", "/_local/delays", json={"answer_seconds": {"CreateDatasetGroup": 0.5}})
    began = time.monotonic()
    shop.group()
    assert 0.5 <= time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("clock", {"days": 1}),
        ("clock", {"offset_days": "7"}),
        ("clock", {"offset_days": 1e9}),
        ("delays", {"pending": 1}),
        ("delays", {"pending_seconds": -1}),
        ("delays", {"answer_seconds": {"CreateNothing": 1}}),
        ("delays", [1]),
    ],
)
def test_wrong_settings_are_refused_with_what_is_allowed(server, path, body):
    answer = server.http("PUT", f"/_local/{path}", json=body)
    assert answer.status_code == 400
    assert answer.json()["message"]


def test_half_a_character_in_a_refused_call_spoils_no_log(server):
    headers = {"X-Amz-Target": "AmazonPersonalize.CreateDatasetGroup", "Content-Type": "application/x-amz-json-1.1"}
    assert server.http("POST", "/", headers=headers, content=b'{"name": "\\ud800"}').status_code == 400
    assert server.http("GET", "/_local/calls").status_code == 200
