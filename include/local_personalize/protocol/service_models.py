"""Botocore's own models of the three services: which operations there are, and what their requests look like."""

from functools import cache

import botocore.session
from botocore import xform_name
from botocore.model import OperationModel, ServiceModel

SERVICES = ("personalize", "personalize-runtime", "personalize-events")


@cache
def service_model(service: str) -> ServiceModel:
    return botocore.session.get_session().get_service_model(service)


@cache
def control_operations() -> dict[str, OperationModel]:
    """Target header value (AmazonPersonalize.CreateSchema) to operation of the json-1.1 service."""
    model = service_model("personalize")
    prefix = model.metadata["targetPrefix"]
    return {f"{prefix}.{name}": model.operation_model(name) for name in model.operation_names}


@cache
def path_operations() -> dict[str, OperationModel]:
    """Request path (/recommendations) to operation of the two rest-json services; all of them are POST."""
    operations = {}
    for service in SERVICES[1:]:
        model = service_model(service)
        for name in model.operation_names:
            operation = model.operation_model(name)
            operations[operation.http["requestUri"]] = operation
    return operations


@cache
def operation_names() -> dict[str, str]:
    """Function name (create_schema) to operation name (CreateSchema), over all three services."""
    return {xform_name(name): name for service in SERVICES for name in service_model(service).operation_names}


def error_status(operation: OperationModel, code: str, default: int) -> int:
    """HTTP status of an error: the model's own (rest-json), else the default (json 1.1 answers 400 throughout)."""
    for shape in operation.error_shapes:
        if shape.name == code:
            return int(shape.metadata.get("error", {}).get("httpStatusCode", default))
    return default
