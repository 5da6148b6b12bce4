"""Event trackers: one for each group, which has an Interactions dataset."""

import pytest
import regex


@pytest.fixture(scope="module")
def group(shop):
    group = shop.group()
    shop.dataset(group, "Interactions")
    return group


@pytest.fixture(scope="module")
def tracker(shop, group):
    return shop.api.create_event_tracker(name=shop.name("tracker"), datasetGroupArn=group)


def test_a_tracker_has_a_tracking_id_and_an_arn_that_its_name_does_not_tell(shop, group, tracker):
    described = shop.settled("event_tracker", tracker["eventTrackerArn"])
    assert described["status"] == "ACTIVE"
    assert regex.fullmatch(r".*:event-tracker/[0-9a-f]{8}", tracker["eventTrackerArn"])
    assert regex.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", tracker["trackingId"])
    assert described["trackingId"] == tracker["trackingId"]
    assert described["datasetGroupArn"] == group
    listed = shop.api.list_event_trackers(datasetGroupArn=group)["eventTrackers"]
    assert [found["eventTrackerArn"] for found in listed] == [tracker["eventTrackerArn"]]


@pytest.mark.usefixtures("tracker")
def test_a_group_has_one_tracker(shop, group):
    refused = (shop.api.exceptions.LimitExceededException, shop.api.exceptions.ResourceAlreadyExistsException)
    with pytest.raises(refused):
        shop.api.create_event_tracker(name=shop.name("tracker"), datasetGroupArn=group)


def test_a_group_without_interactions_has_none(shop):
    with pytest.raises(shop.api.exceptions.ClientError):
        shop.api.create_event_tracker(name=shop.name("tracker"), datasetGroupArn=shop.group())


def test_a_deleted_tracker_makes_room_for_another(shop):
    group = shop.group()
    shop.dataset(group, "Interactions")
    first = shop.api.create_event_tracker(name=shop.name("tracker"), datasetGroupArn=group)
    shop.settled("event_tracker", first["eventTrackerArn"])
    shop.remove("event_tracker", first["eventTrackerArn"])
    second = shop.api.create_event_tracker(name=shop.name("tracker"), datasetGroupArn=group)
    assert second["eventTrackerArn"] != first["eventTrackerArn"]


def test_what_is_not_there_is_not_found(shop):
    missing = shop.missing("event-tracker")
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        shop.api.describe_event_tracker(eventTrackerArn=missing)
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        shop.api.delete_event_tracker(eventTrackerArn=missing)
    with pytest.raises(shop.api.exceptions.InvalidNextTokenException):
        shop.api.list_event_trackers(nextToken="none")
