"""Datasets: one of each type in a group."""

from include.local_personalize import avro_schema, describing
from include.local_personalize.arns import last_part
from include.local_personalize.call import Answer, Call
from include.local_personalize.errors import InvalidInput
from include.local_personalize.lifecycle import ACTIVE
from include.local_personalize.resources import Resource

KIND = "dataset"


def create_dataset(call: Call) -> Answer:
    schema = call.resources.get(call.request["schemaArn"], "schema")
    group = call.active(call.request["datasetGroupArn"], "dataset-group")
    dataset_type = call.request["datasetType"].upper()
    if dataset_type not in avro_schema.REQUIRED:
        raise InvalidInput(f"datasetType must be one of {', '.join(avro_schema.REQUIRED)}, in any case.")
    described = avro_schema.parse(schema.body["schema"]).dataset_type
    if described != dataset_type:
        raise InvalidInput(f"{schema.arn} describes {described}; it cannot be the schema of {dataset_type}.")
    if schema.body.get("domain") != group.body.get("domain"):
        raise InvalidInput(f"{schema.arn} and {group.arn} must have the same domain, or both have none.")
    arn = call.arns.of(KIND, f"{last_part(group.arn)}/{dataset_type}")
    call.create(KIND, arn, call.request | {"datasetArn": arn}, group.arn)
    return {"datasetArn": arn}


def describe_dataset(call: Call) -> Answer:
    dataset = call.resources.get(call.request["datasetArn"], KIND)
    return {"dataset": describing.cut(describing.full(dataset, call.now), "Dataset")}


def list_datasets(call: Call) -> Answer:
    return describing.page(call, KIND, call.request.get("datasetGroupArn"))


def delete_dataset(call: Call) -> Answer:
    dataset = call.resources.get(call.request["datasetArn"], KIND)
    call.refuse_in_transition(call.resources.children("dataset-import-job", dataset.arn))
    solutions = call.resources.children("solution", dataset.parent or "")
    for solution in solutions:
        _refuse_used_by_solution(call, solution)
    return call.delete(dataset)


def _refuse_used_by_solution(call: Call, solution: Resource) -> None:
    versions = call.resources.children("solution-version", solution.arn)
    call.refuse_in_transition(versions)
    for version in versions:
        call.refuse_in_transition(call.resources.children("batch-inference-job", version.arn))
    campaigns = call.resources.children("campaign", solution.arn)
    call.refuse_in_transition(campaigns)
    call.refuse_used_by([campaign for campaign in campaigns if campaign.lifecycle.status(call.now) == ACTIVE])
