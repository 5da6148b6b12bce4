"""Describe and List answers, cut to the members that the service model gives them."""

import base64
import binascii
from collections.abc import Callable
from typing import Any

from botocore import xform_name
from botocore.model import OperationModel

from include.local_personalize.call import Answer, Call
from include.local_personalize.errors import InvalidNextToken
from include.local_personalize.protocol.service_models import service_model
from include.local_personalize.state.resources import Resource

PAGE = 100
Describe = Callable[[Resource, float], dict[str, Any]]


def full(resource: Resource, now: float) -> dict[str, Any]:
    """All that can be said of a resource, whatever the answer then takes of it."""
    life = resource.lifecycle
    settled = life.settles_at if now >= life.settles_at else 0.0
    described = resource.body | {
        "status": life.status(now),
        "creationDateTime": resource.created,
        "lastUpdatedDateTime": max(resource.updated, settled),
    }
    if resource.failure_reason and described["status"] == life.outcome:
        described["failureReason"] = resource.failure_reason
    return described


def cut(described: dict[str, Any], shape_name: str) -> dict[str, Any]:
    """Only the members that a shape of the control service has, where they are known."""
    members = service_model("personalize").shape_for(shape_name).members
    return {name: described[name] for name in members if described.get(name) is not None}


def page(call: Call, kind: str, parent: str | None, describe: Describe = full, *, newest_first: bool = False) -> Answer:
    """The answer of a List operation: one page in order of creation, and nextToken where there is more.

    describe(resource, now) gives the full description of one resource; the summary shape is read from the model.
    """
    operation = service_model("personalize").operation_model(call.operation)
    limit = call.request.get("maxResults", PAGE)
    scope = f"{xform_name(call.operation)}|{parent or ''}"
    last = after(call.request.get("nextToken"), scope)
    found = call.resources.page(kind, call.arns.region, parent, last, limit + 1, newest_first=newest_first)
    key, summary = _list_member(operation)
    answer: Answer = {key: [cut(describe(resource, call.now), summary) for resource in found[:limit]]}
    if len(found) > limit:
        answer["nextToken"] = token(found[limit - 1].seq, scope)
    return answer


def _list_member(operation: OperationModel) -> tuple[str, str]:
    for name, member in operation.output_shape.members.items():
        if member.type_name == "list":
            return name, member.member.name
    raise LookupError(f"{operation.name} has no list in its answer")


def token(last: int, scope: str) -> str:
    """The nextToken of a page that ends with a number, for requests of one scope."""
    return base64.urlsafe_b64encode(f"{last}|{scope}".encode()).decode()


def after(token: str | None, scope: str) -> int | None:
    """The number in a nextToken; raises InvalidNextToken where it is not of this scope."""
    if token is None:
        return None
    try:
        seq, token_scope = base64.b64decode(token, altchars=b"-_", validate=True).decode().split("|", 1)
        if token_scope == scope:
            return int(seq)
    except (binascii.Error, ValueError):
        pass
    raise InvalidNextToken("The nextToken is not one that this operation gave for the same request.")
