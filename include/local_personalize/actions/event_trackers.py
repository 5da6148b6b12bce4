"""Event trackers: the id by which PutEvents finds the dataset group."""

from uuid import uuid4

from include.local_personalize.call import Answer, Call
from include.local_personalize.datasets.dataset_contents import dataset_in
from include.local_personalize.errors import InvalidInput
from include.local_personalize.state import describing
from include.local_personalize.state.arns import eight_hex

KIND = "event-tracker"


def create_event_tracker(call: Call) -> Answer:
    group = call.active(call.request["datasetGroupArn"], "dataset-group")
    dataset = dataset_in(call.resources, group.arn, "INTERACTIONS")
    if dataset is None:
        raise InvalidInput(f"{group.arn} has no Interactions dataset; create it before its event tracker.")
    call.active(dataset.arn, "dataset")
    arn, tracking_id = call.arns.of(KIND, eight_hex()), str(uuid4())
    body = {"eventTrackerArn": arn, "accountId": call.arns.account, "trackingId": tracking_id}
    call.create(KIND, arn, call.request | body, group.arn)
    return {"eventTrackerArn": arn, "trackingId": tracking_id}


def describe_event_tracker(call: Call) -> Answer:
    tracker = call.resources.get(call.request["eventTrackerArn"], KIND)
    return {"eventTracker": describing.cut(describing.full(tracker, call.now), "EventTracker")}


def list_event_trackers(call: Call) -> Answer:
    return describing.page(call, KIND, call.request.get("datasetGroupArn"))


def delete_event_tracker(call: Call) -> Answer:
    """The events that came through the tracker stay in the dataset."""
    return call.delete(call.resources.get(call.request["eventTrackerArn"], KIND))
