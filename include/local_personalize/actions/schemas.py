"""Schemas: the columns of datasets, in Avro; usable at once, without a status."""

from include.local_personalize.call import Answer, Call
from include.local_personalize.datasets import avro_schema
from include.local_personalize.state import describing
from include.local_personalize.state.lifecycle import Delays, Lifecycle

KIND = "schema"


def create_schema(call: Call) -> Answer:
    avro_schema.parse(call.request["schema"], call.request.get("domain"))
    arn = call.arns.of(KIND, call.request["name"])
    call.create(KIND, arn, call.request | {"schemaArn": arn})
    call.resources.change(arn, lifecycle=Lifecycle.begin("CREATE", call.now, Delays()))
    return {"schemaArn": arn}


def describe_schema(call: Call) -> Answer:
    schema = call.resources.get(call.request["schemaArn"], KIND)
    return {"schema": describing.cut(describing.full(schema, call.now), "DatasetSchema")}


def list_schemas(call: Call) -> Answer:
    return describing.page(call, KIND, None)


def delete_schema(call: Call) -> Answer:
    schema = call.resources.get(call.request["schemaArn"], KIND)
    call.refuse_used_by(call.resources.naming("dataset", "schemaArn", schema.arn))
    call.delete(schema)
    call.resources.change(schema.arn, lifecycle=Lifecycle.begin("DELETE", call.now, Delays()))
    return {}
