"""Filters: expressions that say which items a request may be answered with."""

from include.local_personalize import filters
from include.local_personalize.call import Answer, Call
from include.local_personalize.datasets import avro_schema
from include.local_personalize.datasets.avro_schema import AvroSchema
from include.local_personalize.errors import InvalidInput, LimitExceeded, ResourceInUse
from include.local_personalize.state import describing

KIND = "filter"
MOST_FIELDS_OF_A_GROUP = 20
JOBS = ("batch-inference-job", "batch-segment-job")


def create_filter(call: Call) -> Answer:
    group = call.active(call.request["datasetGroupArn"], "dataset-group")
    try:
        parsed = filters.parse(call.request["filterExpression"])
        filters.check(parsed, _schemas(call, group.arn))
    except filters.InvalidExpression as error:
        raise InvalidInput(f"Could not create filter. {error}") from None
    others = call.resources.children(KIND, group.arn)
    fields = parsed.fields.union(*(filters.parse(other.body["filterExpression"]).fields for other in others))
    if len(fields) > MOST_FIELDS_OF_A_GROUP:
        raise LimitExceeded(
            f"Could not create filter. The filters of {group.arn} would read {len(fields)} fields together; "
            f"at most {MOST_FIELDS_OF_A_GROUP} are allowed."
        )
    arn = call.arns.of(KIND, call.request["name"])
    call.create(KIND, arn, call.request | {"filterArn": arn}, group.arn)
    return {"filterArn": arn}


def describe_filter(call: Call) -> Answer:
    found = call.resources.get(call.request["filterArn"], KIND)
    return {"filter": describing.cut(describing.full(found, call.now), "Filter")}


def list_filters(call: Call) -> Answer:
    return describing.page(call, KIND, call.request.get("datasetGroupArn"))


def delete_filter(call: Call) -> Answer:
    found = call.resources.get(call.request["filterArn"], KIND)
    for kind in JOBS:
        jobs = call.resources.naming(kind, "filterArn", found.arn)
        if any(job.lifecycle.in_transition(call.now) for job in jobs):
            raise ResourceInUse(f"{found.arn} is used by a batch job that is not done; wait until it is.")
    return call.delete(found)


def _schemas(call: Call, group_arn: str) -> dict[str, AvroSchema]:
    datasets = call.resources.children("dataset", group_arn)
    texts = [call.resources.get(dataset.body["schemaArn"]).body["schema"] for dataset in datasets]
    return {schema.dataset_type: schema for schema in map(avro_schema.parse, texts)}
