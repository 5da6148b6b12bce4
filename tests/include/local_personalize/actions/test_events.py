"""The events service: what may be put, and what is refused. What becomes of it is in test_put_data.py."""

import json
from types import SimpleNamespace

import pytest

FIELDS = [
    ("USER_ID", "string"),
    ("ITEM_ID", "string"),
    ("EVENT_TYPE", "string"),
    ("EVENT_VALUE", ["null", "float"]),
    ("TIMESTAMP", "long"),
    ("NUM_RATINGS", ["null", "int"]),
    ("DEVICE", "string"),
]
ACTION_FIELDS = [("ACTION_ID", "string"), ("VALUE", ["null", "double"])]
ACTION_INTERACTION_FIELDS = [
    ("USER_ID", "string"),
    ("ACTION_ID", "string"),
    ("EVENT_TYPE", "string"),
    ("TIMESTAMP", "long"),
]
NOW = 1_700_000_000


@pytest.fixture(scope="module")
def group(shop):
    group = shop.group()
    interactions = shop.dataset(group, "Interactions", FIELDS)
    tracker = shop.api.create_event_tracker(name=shop.name("tracker"), datasetGroupArn=group)
    assert shop.settled("event_tracker", tracker["eventTrackerArn"])["status"] == "ACTIVE"
    return SimpleNamespace(arn=group, interactions=interactions, tracking_id=tracker["trackingId"])


def event(properties=None, **members):
    complete = {"eventType": "watch", "sentAt": NOW, "itemId": "i1"} | members
    return complete | {"properties": json.dumps({"device": "phone"} if properties is None else properties)}


def put(shop, group, *events, **members):
    request = {"trackingId": group.tracking_id, "sessionId": "s1", "userId": "u1"} | members
    return shop.events.put_events(eventList=list(events), **request)


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"eventId": "e1", "eventValue": 4.5, "recommendationId": "RID-1", "impression": ["i1", "i2"]},
        {"metricAttribution": {"eventAttributionSource": "home page"}},
        {"properties": {"device": "phone", "numRatings": 12}},
        {"properties": {"device": "phone", "numRatings": "12"}},
        {"properties": {"device": "phone", "numRatings": None, "eventValue": 1}},
    ],
)
def test_an_event_that_fits_the_schema_is_taken_with_an_empty_answer(shop, group, members):
    answer = put(shop, group, event(**members))
    assert answer.keys() == {"ResponseMetadata"}
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_the_item_may_be_among_the_properties_as_it_once_was(shop, group):
    older = event({"device": "phone", "itemId": "i1", "eventValue": 3})
    del older["itemId"]
    assert put(shop, group, older)


def test_an_event_needs_no_user(shop, group):
    request = {"trackingId": group.tracking_id, "sessionId": "anonymous", "eventList": [event()]}
    assert shop.events.put_events(**request)


@pytest.mark.parametrize(
    "broken",
    [
        event() | {"properties": "{"},
        event() | {"properties": "[1]"},
        event({"device": "phone", "numRatings": "many"}),
        event({"device": "phone", "numRatings": 1.5}),
        event({"device": "phone", "numRatings": 2**31}),
        event({"device": 5}),
        event({"device": "x" * 1_001}),
        event({}),
        event({"device": None}),
        event({"device": "phone", "NUM_RATINGS": 1}),
        event({"device": "phone", "colour": "red"}),
        *[event({"device": "phone", name: "x"}) for name in ("userId", "sessionId", "eventType", "timestamp")],
        event({"device": "phone", "recommendationId": "x"}),
        event({"device": "phone", "impression": "x"}),
        event({"device": "phone", "itemId": "another"}),
        event(impression=["i"] * 26),
        {name: value for name, value in event().items() if name != "itemId"},
    ],
)
def test_an_event_that_does_not_fit_is_refused(shop, group, broken):
    with pytest.raises(shop.events.exceptions.InvalidInputException):
        put(shop, group, event(), broken)


def test_a_call_has_at_most_ten_events_and_a_tracker_that_exists(shop, group):
    with pytest.raises(shop.events.exceptions.InvalidInputException):
        put(shop, group, *[event()] * 11)
    with pytest.raises(shop.events.exceptions.InvalidInputException):
        put(shop, group, event(), trackingId="4b5e6e1b-0c1c-4d0e-9ff1-df4c2a5b9a11")


@pytest.fixture(scope="module")
def items(shop, group):
    return shop.dataset(group.arn, "Items")


@pytest.fixture(scope="module")
def users(shop, group):
    return shop.dataset(group.arn, "Users")


def test_items_and_users_are_put_into_their_own_datasets(shop, items, users):
    item = {"itemId": "i1", "properties": json.dumps({"genres": "drama|war", "creationTimestamp": NOW})}
    shop.events.put_items(datasetArn=items, items=[item])
    shop.events.put_users(datasetArn=users, users=[{"userId": "u1", "properties": '{"age": 30}'}])
    with pytest.raises(shop.events.exceptions.InvalidInputException):
        shop.events.put_items(datasetArn=users, items=[item])
    with pytest.raises(shop.events.exceptions.InvalidInputException):
        shop.events.put_users(datasetArn=items, users=[{"userId": "u1", "properties": '{"age": 30}'}])


@pytest.mark.parametrize(
    "properties", [None, "{", '{"genres": "drama"}', '{"genres": ["drama"], "creationTimestamp": 1}']
)
def test_an_item_that_does_not_fit_is_refused(shop, items, properties):
    item = {"itemId": "i1"} if properties is None else {"itemId": "i1", "properties": properties}
    with pytest.raises(shop.events.exceptions.InvalidInputException):
        shop.events.put_items(datasetArn=items, items=[item])


def test_datasets_that_are_not_there_are_not_found(shop):
    missing = shop.missing("dataset")
    with pytest.raises(shop.events.exceptions.ResourceNotFoundException):
        shop.events.put_items(datasetArn=missing, items=[{"itemId": "i1"}])
    with pytest.raises(shop.events.exceptions.ResourceNotFoundException):
        shop.events.put_users(datasetArn=missing, users=[{"userId": "u1"}])
    with pytest.raises(shop.events.exceptions.ResourceNotFoundException):
        shop.events.put_actions(datasetArn=missing, actions=[{"actionId": "a1"}])


def test_actions_and_what_users_did_with_them_are_put(shop):
    group = shop.group()
    actions = shop.dataset(group, "Actions", ACTION_FIELDS)
    shop.events.put_actions(datasetArn=actions, actions=[{"actionId": "a1", "properties": '{"value": 2.5}'}])
    dataset = shop.dataset(group, "Action_Interactions", ACTION_INTERACTION_FIELDS)
    taken = {"actionId": "a1", "sessionId": "s1", "userId": "u1", "timestamp": NOW, "eventType": "Taken"}
    request = {"trackingId": shop.describe("dataset", dataset)["trackingId"], "actionInteractions": [taken]}
    assert shop.events.put_action_interactions(**request)
    with pytest.raises(shop.events.exceptions.InvalidInputException):
        shop.events.put_action_interactions(**request | {"actionInteractions": [taken | {"properties": "{"}]})
