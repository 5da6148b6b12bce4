"""Datasets: one of each type in a group."""

from uuid import uuid4

from include.local_personalize.call import Answer, Call
from include.local_personalize.datasets import avro_schema
from include.local_personalize.errors import InvalidInput
from include.local_personalize.state import describing
from include.local_personalize.state.arns import last_part
from include.local_personalize.state.lifecycle import ACTIVE, Lifecycle
from include.local_personalize.state.resources import Resource

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
    _check_domain(schema, group)
    arn = call.arns.of(KIND, f"{last_part(group.arn)}/{dataset_type}")
    # PutActionInteractions finds its dataset by an id of the dataset's own, not by an event tracker.
    tracking = {"trackingId": str(uuid4())} if dataset_type == "ACTION_INTERACTIONS" else {}
    call.create(KIND, arn, call.request | tracking | {"datasetArn": arn}, group.arn)
    return {"datasetArn": arn}


def update_dataset(call: Call) -> Answer:
    """Replaces the schema by one that only adds fields; solutions that exist do not train on the new ones."""
    dataset = call.active(call.request["datasetArn"], KIND)
    _refuse_jobs_under_way(call, dataset)
    schema = call.resources.get(call.request["schemaArn"], "schema")
    _check_domain(schema, call.resources.get(dataset.parent or ""))
    old = avro_schema.parse(call.resources.get(dataset.body["schemaArn"]).body["schema"])
    new = avro_schema.parse(schema.body["schema"])
    if faults := avro_schema.extends(old, new):
        raise InvalidInput(" ".join(faults))
    added = [column.name for column in new.columns if old.column(column.name) is None]
    for solution in call.resources.children("solution", dataset.parent or ""):
        unseen = solution.notes.get("unseen_columns", {})
        unseen[new.dataset_type] = [*unseen.get(new.dataset_type, []), *added]
        call.resources.change(solution.arn, notes=solution.notes | {"unseen_columns": unseen}, updated=solution.updated)
    life = Lifecycle.begin("UPDATE", call.now, call.delays_of(KIND, dataset.arn))
    update = {"schemaArn": schema.arn, "created": call.now}
    body = dataset.body | {"schemaArn": schema.arn}
    call.resources.change(dataset.arn, lifecycle=life, body=body, notes=dataset.notes | {"update": update})
    return {"datasetArn": dataset.arn}


def describe_dataset(call: Call) -> Answer:
    dataset = call.resources.get(call.request["datasetArn"], KIND)
    described = describing.full(dataset, call.now)
    if update := dataset.notes.get("update"):
        described["latestDatasetUpdate"] = {
            "schemaArn": update["schemaArn"],
            "status": described["status"],
            "creationDateTime": update["created"],
            "lastUpdatedDateTime": described["lastUpdatedDateTime"],
        }
    return {"dataset": describing.cut(described, "Dataset")}


def list_datasets(call: Call) -> Answer:
    return describing.page(call, KIND, call.request.get("datasetGroupArn"))


def delete_dataset(call: Call) -> Answer:
    dataset = call.resources.get(call.request["datasetArn"], KIND)
    _refuse_jobs_under_way(call, dataset)
    group = dataset.parent or ""
    call.refuse_in_transition(call.resources.children("recommender", group))
    for solution in call.resources.children("solution", group):
        _refuse_used_by_solution(call, solution)
    return call.delete(dataset)


def _check_domain(schema: Resource, group: Resource) -> None:
    if schema.body.get("domain") != group.body.get("domain"):
        raise InvalidInput(f"{schema.arn} and {group.arn} must have the same domain, or both have none.")


def _refuse_jobs_under_way(call: Call, dataset: Resource) -> None:
    for kind in ("dataset-import-job", "dataset-export-job"):
        call.refuse_in_transition(call.resources.children(kind, dataset.arn))
    call.refuse_in_transition(call.resources.children("data-deletion-job", dataset.parent or ""))


def _refuse_used_by_solution(call: Call, solution: Resource) -> None:
    versions = call.resources.children("solution-version", solution.arn)
    call.refuse_in_transition(versions)
    for version in versions:
        call.refuse_in_transition(call.batch_jobs(version.arn))
    campaigns = call.resources.children("campaign", solution.arn)
    call.refuse_in_transition(campaigns)
    call.refuse_used_by([campaign for campaign in campaigns if campaign.lifecycle.status(call.now) == ACTIVE])
