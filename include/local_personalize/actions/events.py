"""The events service: records put one by one, seen by real-time recommendations at once and by the next training."""

from typing import Any

import orjson

from include.local_personalize.call import Answer, Call
from include.local_personalize.datasets import avro_schema, properties, put_data
from include.local_personalize.datasets.avro_schema import AvroSchema, Column
from include.local_personalize.datasets.dataset_contents import dataset_in
from include.local_personalize.errors import ApiError, InvalidInput, ResourceNotFound
from include.local_personalize.state.lifecycle import ACTIVE
from include.local_personalize.state.resources import Resource

EVENT_VALUE = Column("EVENT_VALUE", "float", nullable=True, categorical=False, textual=False)
LARGEST_EVENT = 10 * 2**10  # bytes of JSON
MOST_SHOWN = 25  # items of an impression
FORBIDDEN = ("userId", "sessionId", "eventType", "timestamp", "recommendationId", "impression")


def put_events(call: Call) -> Answer:
    request = call.request
    dataset = _tracked(call, request["trackingId"])
    schema = _schema(call, dataset)
    events = [_event(_complete(call, event), "ITEM_ID", request, schema) for event in request["eventList"]]
    put_data.add_events(call.resources.connection, dataset.arn, call.now, events)
    return {}


def put_action_interactions(call: Call) -> Answer:
    tracking_id = call.request["trackingId"]
    found = call.resources.naming("dataset", "trackingId", tracking_id)
    if not found:
        raise ResourceNotFound(tracking_id)
    dataset = call.active(found[0].arn, "dataset")
    schema = _schema(call, dataset)
    events = [_event(_small(each), "ACTION_ID", each, schema) for each in call.request["actionInteractions"]]
    put_data.add_events(call.resources.connection, dataset.arn, call.now, events)
    return {}


def put_items(call: Call) -> Answer:
    return _put_records(call, "ITEMS", "items", "itemId")


def put_users(call: Call) -> Answer:
    return _put_records(call, "USERS", "users", "userId")


def put_actions(call: Call) -> Answer:
    return _put_records(call, "ACTIONS", "actions", "actionId")


def _put_records(call: Call, dataset_type: str, member: str, id_member: str) -> Answer:
    dataset = call.active(call.request["datasetArn"], "dataset")
    schema = _schema(call, dataset)
    if schema.dataset_type != dataset_type:
        raise InvalidInput(f"{dataset.arn} is of type {schema.dataset_type}; {call.operation} needs {dataset_type}.")
    records = []
    for each in call.request[member]:
        given = {avro_schema.key(schema): each[id_member]}
        records.append((each[id_member], properties.record(properties.parse(each.get("properties")), schema, given)))
    put_data.add_records(call.resources.connection, dataset.arn, records)
    return {}


def _tracked(call: Call, tracking_id: str) -> Resource:
    """The Interactions dataset behind a tracking id; PutEvents has no error but InvalidInput to say that it is not."""
    trackers = call.resources.naming("event-tracker", "trackingId", tracking_id)
    if not trackers or trackers[0].lifecycle.status(call.now) != ACTIVE:
        raise InvalidInput(f"There is no ACTIVE event tracker with the trackingId {tracking_id}.")
    dataset = dataset_in(call.resources, trackers[0].parent or "", "INTERACTIONS")
    if dataset is None:
        raise InvalidInput("The event tracker's dataset group has no Interactions dataset.")
    try:
        return call.active(dataset.arn, "dataset")
    except ApiError as error:
        raise InvalidInput(error.message) from None


def _schema(call: Call, dataset: Resource) -> AvroSchema:
    return avro_schema.parse(call.resources.get(dataset.body["schemaArn"], "schema").body["schema"])


def _complete(call: Call, event: Answer) -> Answer:
    """The event with what its recommendationId says: what was shown, and by whom. What it says itself counts more."""
    served = call.service.recommended.of(_small(event).get("recommendationId"))
    if served is None:
        return event
    shown = {"impression": served.items[:MOST_SHOWN]} if served.items else {}
    return shown | {"metricAttribution": {"eventAttributionSource": served.source}} | event


def _small(event: Answer) -> Answer:
    if len(orjson.dumps(event)) > LARGEST_EVENT:
        raise InvalidInput(f"An event is larger than {LARGEST_EVENT} bytes.")
    return event


def _event(event: Answer, id_column: str, sender: Answer, schema: AvroSchema) -> put_data.Event:
    """An event as a row of the dataset; sender is what has the event's user and session."""
    sent = properties.parse(event.get("properties"))
    if forbidden := [name for name in FORBIDDEN if name in sent]:
        raise InvalidInput(f"{', '.join(forbidden)} must not be among the properties of an event.")
    given = _columns(event, sent, id_column)
    user = sender.get("userId")
    others = {name: value for name, value in sent.items() if name not in ("itemId", "eventValue")}
    record = properties.record(others, schema, given | {"USER_ID": user or sender["sessionId"]})
    source = event.get("metricAttribution", {}).get("eventAttributionSource")
    return put_data.Event(sender["sessionId"], user, event.get("eventId"), source, record)


def _columns(event: Answer, sent: dict[str, Any], id_column: str) -> dict[str, Any]:
    """The columns that an event has by itself, with itemId and eventValue from the properties, where they once were."""
    item = event.get("actionId") or _once("itemId", event, sent)
    if not isinstance(item, str) or not 1 <= len(item) <= 256:
        raise InvalidInput("itemId must be a string of 1 to 256 characters.")
    value, impression = _once("eventValue", event, sent), event.get("impression")
    columns = {
        id_column: item,
        "TIMESTAMP": int(event["sentAt"] if "sentAt" in event else event["timestamp"]),
        "EVENT_TYPE": event["eventType"],
        "EVENT_VALUE": None if value is None else properties.typed(value, EVENT_VALUE, "eventValue"),
        "IMPRESSION": "|".join(impression) if impression else None,
        "RECOMMENDATION_ID": event.get("recommendationId"),
        "EVENT_ATTRIBUTION_SOURCE": event.get("metricAttribution", {}).get("eventAttributionSource"),
    }
    return {name: value for name, value in columns.items() if value is not None}


def _once(name: str, event: Answer, sent: dict[str, Any]) -> Any:
    if name in event and name in sent and event[name] != sent[name]:
        raise InvalidInput(f"{name} is given twice, by the event and by its properties, with different values.")
    return event.get(name, sent.get(name))
