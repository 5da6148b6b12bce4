"""Tags of the resources that Amazon tags: all but schemas and metric attributions."""

from include.local_personalize.call import Answer, Call
from include.local_personalize.errors import InvalidInput, ResourceNotFound
from include.local_personalize.state import tagging

UNTAGGED = ("schema", "metric-attribution")


def tag_resource(call: Call) -> Answer:
    tagging.put(call.resources, _taggable(call), call.request["tags"])
    return {}


def untag_resource(call: Call) -> Answer:
    tagging.remove(call.resources, _taggable(call), call.request["tagKeys"])
    return {}


def list_tags_for_resource(call: Call) -> Answer:
    return {"tags": tagging.on(call.resources, _taggable(call))}


def _taggable(call: Call) -> str:
    resource = call.resources.get(call.request["resourceArn"])
    if resource.kind == "model-update":  # the service's own
        raise ResourceNotFound(resource.arn)
    if resource.kind in UNTAGGED:
        raise InvalidInput(f"{resource.arn} cannot have tags; {' and '.join(UNTAGGED)} are the kinds without.")
    return resource.arn
