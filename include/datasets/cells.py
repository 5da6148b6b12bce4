"""What one cell of a CSV may hold, by its field in the Avro schema and by Personalize's quotas."""

import math
from collections.abc import Callable, Mapping
from typing import Any

CellCheck = Callable[[str], str | None]

ID_LENGTH = 256  # characters, as are the next two
STRING_LENGTH = 1000
TEXT_LENGTH = 20_000
FIRST_MILLISECOND = 10**11  # as seconds: the year 5138; as milliseconds: 1973


def nullable(field: Mapping[str, Any]) -> bool:
    """Whether the field's type is a union with null."""
    return isinstance(field["type"], list) and "null" in field["type"]


def cell_check(field: Mapping[str, Any]) -> CellCheck:
    """Build the check of a field's cells: it answers None, or what is wrong with a cell."""
    may_be_empty = nullable(field)
    types = [kind for kind in (field["type"] if isinstance(field["type"], list) else [field["type"]]) if kind != "null"]
    problem = _value_check(field, types[0])

    def check(cell: str) -> str | None:
        if cell == "":
            return None if may_be_empty else "is empty"
        return problem(cell)

    return check


def _value_check(field: Mapping[str, Any], kind: str) -> CellCheck:
    if kind in ("int", "long"):
        is_time = field["name"].endswith("TIMESTAMP")
        return lambda cell: _whole_number(cell, 31 if kind == "int" else 63, is_time)
    if kind in ("float", "double"):
        return _number
    if kind == "boolean":
        return lambda cell: None if cell.lower() in ("true", "false") else f"is {cell!r:.40}, not true or false"
    limit = ID_LENGTH if field["name"].endswith("_ID") else TEXT_LENGTH if field.get("textual") else STRING_LENGTH
    return lambda cell: f"has {len(cell)} characters; Personalize allows {limit}" if len(cell) > limit else None


def _whole_number(cell: str, bits: int, is_time: bool) -> str | None:
    try:
        value = int(cell)
    except ValueError:
        return f"is {cell!r:.40}, not {'epoch seconds' if is_time else 'a whole number'}"
    if is_time and value < 0:
        return f"is {value}, before 1970"
    if is_time and value >= FIRST_MILLISECOND:
        return f"is {value}: milliseconds, it seems; Personalize takes epoch seconds"
    return None if -(2**bits) <= value < 2**bits else f"is {value}, too large for its type"


def _number(cell: str) -> str | None:
    try:
        value = float(cell)
    except ValueError:
        return f"is {cell!r:.40}, not a number"
    return None if math.isfinite(value) else f"is {cell}, not a finite number"
