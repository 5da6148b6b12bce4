"""Tags of any resource but schemas, which Amazon does not tag."""

from include.local_personalize import tagging
from include.local_personalize.call import Answer, Call
from include.local_personalize.errors import InvalidInput


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
    if resource.kind == "schema":
        raise InvalidInput("Schemas cannot be tagged.")
    return resource.arn
