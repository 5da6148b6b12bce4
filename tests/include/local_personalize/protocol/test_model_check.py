"""What botocore leaves to the server is checked for every member of every operation's request."""

from collections.abc import Iterator
from typing import Any

import pytest
import regex
from botocore.model import Shape

from include.local_personalize.errors import InvalidInput
from include.local_personalize.protocol import model_check
from include.local_personalize.protocol.service_models import SERVICES, service_model

OPERATIONS = [
    service_model(service).operation_model(name)
    for service in SERVICES
    for name in service_model(service).operation_names
]
CANDIDATES = [
    "name",
    "rate(7 days)",
    "s3://bucket/key",
    "arn:aws:personalize:us-east-1:1:campaign/a",
    "arn:aws:iam::123456789012:role/r",
    "arn:aws:kms:us-east-1:123456789012:key/k",
]


def fitting(shape: Shape) -> Any:
    """A value that fits a shape, with all its members; structures that hold themselves do not occur."""
    kind, metadata = shape.type_name, shape.metadata
    if kind == "structure":
        return {name: fitting(member) for name, member in shape.members.items()}
    if kind == "list":
        return [fitting(shape.member)]
    if kind == "map":
        return {fitting(shape.key): fitting(shape.value)}
    if kind == "string":
        if shape.enum:
            return shape.enum[0]
        pattern = metadata.get("pattern", ".*")
        return next(text for text in CANDIDATES if regex.fullmatch(pattern, text))
    return {"boolean": True, "timestamp": 1_600_000_000}.get(kind, metadata.get("min", 1))


def violations(shape: Shape, member: str = "") -> Iterator[tuple[str, Any]]:
    """Every constraint below a shape: the member that has it, and a whole value for the shape that breaks it alone."""
    if shape.type_name == "structure":
        for name, inner in shape.members.items():
            for where, wrong in violations(inner, name):
                yield where, fitting(shape) | {name: wrong}
    elif shape.type_name == "list":
        if (longest := shape.metadata.get("max")) is not None:
            yield member, fitting(shape) * (longest + 1)
        for where, wrong in violations(shape.member, member):
            yield where, [wrong]
    elif shape.type_name == "map":
        if (longest := shape.metadata.get("max")) is not None and not shape.key.enum:
            key, value = fitting(shape.key), fitting(shape.value)
            yield member, {f"{key}{number}": value for number in range(longest + 1)}
        for where, wrong in violations(shape.key, member):
            yield where, {wrong: fitting(shape.value)}
        for where, wrong in violations(shape.value, member):
            yield where, {fitting(shape.key): wrong}
    else:
        yield from ((member, wrong) for wrong in wrong_leaves(shape))


def wrong_leaves(shape: Shape) -> Iterator[Any]:
    longest = shape.metadata.get("max")
    if shape.type_name == "string":
        if longest is not None:
            yield fitting(shape) + "a" * longest
        if "pattern" in shape.metadata and not regex.fullmatch(shape.metadata["pattern"], "\n"):
            yield "\n"
        if shape.enum:
            yield "NO_SUCH_VALUE"
        yield "\ud800"  # half a character
    elif shape.type_name not in ("boolean", "timestamp") and longest is not None:
        yield longest + 1


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_one_broken_constraint_is_enough_to_be_refused_and_named(operation):
    shape = operation.input_shape
    if shape.members:
        model_check.check_request(shape, fitting(shape))
    for member, request in violations(shape):
        with pytest.raises(InvalidInput, match=member):
            model_check.check_request(shape, request)


def test_the_constraints_are_many():
    assert len(OPERATIONS) == 79
    count = sum(1 for operation in OPERATIONS for _ in violations(operation.input_shape))
    assert count > 700
