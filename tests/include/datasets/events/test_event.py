"""What a row is as an event; that the service takes it as an import's equal is in test_send.py."""

import json
from typing import Any

import pytest

from include.datasets.events.event import UnsendableError, event_of

ROW = {"USER_ID": "u1", "ITEM_ID": "i1", "TIMESTAMP": 1_700_000_000, "EVENT_TYPE": "view"}


def test_members_and_properties() -> None:
    row = ROW | {
        "EVENT_VALUE": 4.5,
        "IMPRESSION": "i1|i2",
        "RECOMMENDATION_ID": "RID-1",
        "EVENT_ATTRIBUTION_SOURCE": "mail",
        "NUM_RATINGS": 12,
        "IS_MEMBER": True,
        "DEVICE": None,
    }

    event = event_of(row, "shop")

    assert len(event.pop("eventId")) * 4 == 128
    assert json.loads(event.pop("properties")) == {"numRatings": "12", "isMember": "true"}
    assert event == {
        "itemId": "i1",
        "sentAt": 1_700_000_000,
        "eventType": "view",
        "eventValue": 4.5,
        "impression": ["i1", "i2"],
        "recommendationId": "RID-1",
        "metricAttribution": {"eventAttributionSource": "mail"},
    }


def test_an_event_id_is_the_rows_own() -> None:
    def event_id(row: dict[str, Any], group: str = "shop") -> str:
        return str(event_of(row, group)["eventId"])

    # printf '["shop",{"EVENT_TYPE":"view","ITEM_ID":"i1","TIMESTAMP":1700000000,"USER_ID":"u1"}]' | b2sum -l 128
    assert event_id(ROW) == "b30b75667a9013fcc72edf59f6348f65"
    assert event_id(dict(reversed(ROW.items()))) == event_id(ROW)
    assert event_id(ROW | {"DEVICE": None}) == event_id(ROW)
    others = [ROW | {"USER_ID": "u2"}, ROW | {"TIMESTAMP": 1}, ROW | {"DEVICE": "tv"}]
    assert len({event_id(ROW), event_id(ROW, "other"), *map(event_id, others)}) == 5


def test_a_schema_without_types_gets_one() -> None:
    untyped = {column: value for column, value in ROW.items() if column != "EVENT_TYPE"}

    assert event_of(untyped, "shop")["eventType"] == "interaction"


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"EVENT_TYPE": None}, "EVENT_TYPE is empty"),
        ({"EVENT_TYPE": "x" * 257}, "eventType has 257 characters; PutEvents takes up to 256"),
        ({"RECOMMENDATION_ID": "x" * 41}, "recommendationId has 41 characters; PutEvents takes up to 40"),
        ({"PAGE": "x" * 1015}, "properties has 1026 characters; PutEvents takes up to 1024"),
        ({"SESSION_ID": "s"}, "a column would be the property sessionId, which PutEvents reserves"),
        ({"IMPRESSION": "|".join(["i"] * 26)}, "IMPRESSION must be up to 25 items"),
        ({"IMPRESSION": "i1||i2"}, "of 1 to 256 characters"),
        ({"EVENT_ATTRIBUTION_SOURCE": "café"}, "EVENT_ATTRIBUTION_SOURCE must be up to 1024 printable ASCII"),
        ({"IMPRESSION": "|".join(["☃" * 200] * 25)}, r"the event has 15\d\d\d bytes; PutEvents takes up to 10240"),
    ],
)
def test_what_put_events_does_not_take_is_told(columns: dict[str, Any], says: str) -> None:
    with pytest.raises(UnsendableError, match=says):
        event_of(ROW | columns, "shop")
