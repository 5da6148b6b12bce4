"""A row of interactions as an event of PutEvents."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from include.datasets.events.property_name import property_name

Row = Mapping[str, Any]
Event = dict[str, Any]

# The columns that an event, or the call that brings it, has a member for; all others are properties.
MEMBERS = {
    "USER_ID": "userId",
    "ITEM_ID": "itemId",
    "TIMESTAMP": "sentAt",
    "EVENT_TYPE": "eventType",
    "EVENT_VALUE": "eventValue",
    "RECOMMENDATION_ID": "recommendationId",
    "IMPRESSION": "impression",
    "EVENT_ATTRIBUTION_SOURCE": "metricAttribution",
}
NO_TYPE = "interaction"  # PutEvents asks for a type even where the schema has none
LARGEST_EVENT = 10 * 2**10  # bytes; source: developer guide, endpoints and quotas
# Source: the API's model, whose maximum lengths boto3 does not check.
LONGEST = {"itemId": 256, "eventType": 256, "recommendationId": 40, "properties": 1024}
MOST_SHOWN = 25


class UnsendableError(ValueError):
    """PutEvents does not take this row, though an import would; the message says why."""


def event_of(row: Row, dataset_group: str) -> Event:
    """The event that puts a row, without its user, whom the call names; raises UnsendableError.

    Its eventId is a digest of the group's name and of all that the row says, so that a row has the same one every time.
    """
    if row.get("EVENT_TYPE", NO_TYPE) is None:
        raise UnsendableError("EVENT_TYPE is empty; an event must have a type")
    said = {column: value for column, value in row.items() if value is not None}
    properties = {property_name(column): value for column, value in said.items() if column not in MEMBERS}
    event = {
        "eventId": digest(dataset_group, said),
        "eventType": NO_TYPE,
        **{MEMBERS[column]: _member(column, value) for column, value in said.items() if column in MEMBERS},
        **({"properties": json.dumps(properties, ensure_ascii=False, allow_nan=False)} if properties else {}),
    }
    del event["userId"]
    _check(event)
    return event


def digest(*parts: Any) -> str:
    """128 bits of JSON values, the same on every machine, in 32 characters."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _member(column: str, value: Any) -> Any:
    if column == "IMPRESSION":
        return value.split("|")
    return {"eventAttributionSource": value} if column == "EVENT_ATTRIBUTION_SOURCE" else value


def _check(event: Event) -> None:
    for member, longest in LONGEST.items():
        if (length := len(event.get(member, ""))) > longest:
            raise UnsendableError(f"{member} has {length} characters; PutEvents takes up to {longest}")
    if (shown := len(event.get("impression", []))) > MOST_SHOWN:
        raise UnsendableError(f"IMPRESSION has {shown} items; PutEvents takes up to {MOST_SHOWN}")
    if (size := len(json.dumps(event, ensure_ascii=False).encode())) > LARGEST_EVENT:
        raise UnsendableError(f"the event has {size} bytes; PutEvents takes up to {LARGEST_EVENT}")
