"""Checks requests and responses against the service model, with what botocore's client leaves to the server."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import regex
from botocore.model import Shape
from botocore.validate import ParamValidator

from include.local_personalize.errors import InvalidInput

VALIDATOR = ParamValidator()
INTEGER_RANGE = {"integer": 2**31, "long": 2**63}


def check_request(shape: Shape | None, params: Any) -> None:
    """Raise InvalidInput with every fault of params against its shape, joined in one message."""
    faults = _faults(shape, params) or list(_server_faults(shape, params, "request"))
    if faults:
        raise InvalidInput("; ".join(faults))


def check_response(shape: Shape | None, answer: dict[str, Any]) -> None:
    """Raise AssertionError when an answer of ours does not fit the model.

    Patterns are left out: AWS itself prints names such as `solution/1a2b3c4d` that break its pattern of Name.
    """
    faults = _faults(shape, answer)
    if faults:
        raise AssertionError(f"the answer breaks the service model: {'; '.join(faults)}")


def _faults(shape: Shape | None, params: Any) -> list[str]:
    """Types, required members, minima: what botocore checks in a client; and unknown members at every level."""
    if shape is None:
        return [] if params == {} else ["no members are allowed"]
    report = VALIDATOR.validate(params, shape)
    return report.generate_report().splitlines() if report.has_errors() else []


def _server_faults(shape: Shape | None, value: Any, where: str) -> Iterator[str]:
    if shape is None:
        return
    if shape.type_name == "structure":
        for name, member in value.items():
            yield from _server_faults(shape.members[name], member, name)
    elif shape.type_name == "list":
        yield from _length_faults(shape, len(value), where, "elements")
        for number, member in enumerate(value):
            yield from _server_faults(shape.member, member, f"{where}[{number}]")
    elif shape.type_name == "map":
        yield from _length_faults(shape, len(value), where, "entries")
        for key, member in value.items():
            yield from _server_faults(shape.key, key, f"a key of {where}")
            yield from _server_faults(shape.value, member, f"{where}[{key}]")
    elif shape.type_name == "string":
        yield from _string_faults(shape, value, where)
    else:
        yield from _number_faults(shape, value, where)


def _length_faults(shape: Shape, length: int, where: str, unit: str) -> Iterator[str]:
    longest = shape.metadata.get("max")
    if longest is not None and length > longest:
        yield f"{where} has {length} {unit}; at most {longest} are allowed"


def _string_faults(shape: Shape, value: str, where: str) -> Iterator[str]:
    yield from _length_faults(shape, len(value), where, "characters")
    if not _is_unicode(value):
        yield f"{where} is not valid Unicode"
    pattern = shape.metadata.get("pattern")
    if pattern and not _compiled(pattern).fullmatch(value):
        yield f"{where} must match the pattern {pattern}"
    if getattr(shape, "enum", None) and value not in shape.enum:
        yield f"{where} must be one of {', '.join(shape.enum)}"


def _is_unicode(value: str) -> bool:
    """Whether no character is half a surrogate pair, which JSON may spell and UTF-8 cannot."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


@cache
def _compiled(pattern: str) -> regex.Pattern[str]:
    return regex.compile(pattern)


def _number_faults(shape: Shape, value: Any, where: str) -> Iterator[str]:
    """Booleans pass botocore's integer check and strings its timestamp check; neither is legal on the wire."""
    if shape.type_name == "boolean":
        return
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield f"{where} must be a number"
        return
    bound = INTEGER_RANGE.get(shape.type_name)
    if bound and not -bound <= value < bound:
        yield f"{where} is out of the range of {shape.type_name}"
    largest = shape.metadata.get("max")
    if largest is not None and value > largest:
        yield f"{where} must be at most {largest}"
