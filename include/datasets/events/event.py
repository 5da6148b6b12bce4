"""A row of interactions as an event of PutEvents."""

import hashlib
import json
from collections.abc import Iterator, Mapping
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
# Properties may not be called what an event, or its call, has members for; source: developer guide, recording events.
RESERVED = {"userId", "sessionId", "eventType", "timestamp", "recommendationId", "impression"}
# Source: the API's model; boto3 checks none of its maxima.
LONGEST = {"itemId": 256, "eventType": 256, "recommendationId": 40, "properties": 1024}
LONGEST_SOURCE = 1024
MOST_SHOWN, LONGEST_SHOWN = 25, 256
LARGEST_EVENT = 10 * 2**10  # bytes of JSON; source: developer guide, endpoints and quotas


class UnsendableError(ValueError):
    """PutEvents does not take this row, though an import would; the message says why."""


def event_of(row: Row, dataset_group: str) -> Event:
    """The event that puts a row, without its user, whom the call names; raises UnsendableError.

    Its eventId is a digest of the group's name and of all that the row says, so that a row has the same one every time.
    """
    if row.get("EVENT_TYPE", NO_TYPE) is None:
        raise UnsendableError("EVENT_TYPE is empty; an event must have a type")
    said = {column: value for column, value in row.items() if value is not None}
    event = {MEMBERS[column]: _member(column, value) for column, value in said.items() if column in MEMBERS}
    del event["userId"]
    properties = {property_name(column): _text(value) for column, value in said.items() if column not in MEMBERS}
    if reserved := properties.keys() & RESERVED:
        raise UnsendableError(f"a column would be the property {min(reserved)}, which PutEvents reserves")
    if properties:
        event["properties"] = _json(properties)
    event = {"eventId": digest(dataset_group, said), "eventType": NO_TYPE, **event}
    if faults := list(_faults(event)):
        raise UnsendableError("; ".join(faults))
    return event


def digest(*parts: Any) -> str:
    """128 bits of JSON values, the same on every machine, in 32 characters."""
    return hashlib.blake2b(_json(parts).encode(), digest_size=16).hexdigest()


def _member(column: str, value: Any) -> Any:
    if column == "IMPRESSION":
        return value.split("|")
    return {"eventAttributionSource": value} if column == "EVENT_ATTRIBUTION_SOURCE" else value


def _text(value: Any) -> str:
    """As Amazon's examples have numbers and booleans among properties, which it calls a map of strings."""
    return value if isinstance(value, str) else json.dumps(value, allow_nan=False)


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _faults(event: Event) -> Iterator[str]:
    for member, longest in LONGEST.items():
        if (length := len(event.get(member, ""))) > longest:
            yield f"{member} has {length} characters; PutEvents takes up to {longest}"
    shown = event.get("impression", [])
    if len(shown) > MOST_SHOWN or not all(1 <= len(item) <= LONGEST_SHOWN for item in shown):
        yield f"IMPRESSION must be up to {MOST_SHOWN} items of 1 to {LONGEST_SHOWN} characters, with | between them"
    source = event.get("metricAttribution", {}).get("eventAttributionSource", "any")
    if not (source.isascii() and source.isprintable() and source.strip() and len(source) <= LONGEST_SOURCE):
        yield f"EVENT_ATTRIBUTION_SOURCE must be up to {LONGEST_SOURCE} printable ASCII characters"
    if (size := len(_json(event).encode())) > LARGEST_EVENT:
        yield f"the event has {size} bytes; PutEvents takes up to {LARGEST_EVENT}"
