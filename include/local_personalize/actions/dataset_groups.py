"""Dataset groups: the shop whose data, solutions and campaigns belong together."""

from include.local_personalize.call import Answer, Call
from include.local_personalize.state import describing

KIND = "dataset-group"


def create_dataset_group(call: Call) -> Answer:
    arn = call.arns.of(KIND, call.request["name"])
    call.create(KIND, arn, call.request | {"datasetGroupArn": arn})
    return {"datasetGroupArn": arn} | {name: call.request[name] for name in ("domain",) if name in call.request}


def describe_dataset_group(call: Call) -> Answer:
    group = call.resources.get(call.request["datasetGroupArn"], KIND)
    return {"datasetGroup": describing.cut(describing.full(group, call.now), "DatasetGroup")}


def list_dataset_groups(call: Call) -> Answer:
    return describing.page(call, KIND, None)


def delete_dataset_group(call: Call) -> Answer:
    group = call.resources.get(call.request["datasetGroupArn"], KIND)
    call.refuse_in_transition(call.resources.children("data-deletion-job", group.arn))
    for kind in ("recommender", "solution", "event-tracker", "metric-attribution", "filter", "dataset"):
        call.refuse_used_by(call.resources.children(kind, group.arn))
    return call.delete(group)
