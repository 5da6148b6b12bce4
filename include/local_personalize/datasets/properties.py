"""The properties of put records: a JSON object whose names are those of the schema's columns in camelCase."""

import sys
from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson

from include.local_personalize.datasets.avro_schema import AvroSchema, Column
from include.local_personalize.datasets.csv_to_parquet import LONGEST_STRING, LONGEST_TEXT
from include.local_personalize.errors import InvalidInput

INTEGERS = {"int": 2**31, "long": 2**63}
FLOATS = {"float": float(np.finfo(np.float32).max), "double": sys.float_info.max}


def camel_case(column: str) -> str:
    """The name that a column has in properties: NUM_RATINGS is numRatings, watchTime stays as it is."""
    words = [word for word in column.split("_") if word]
    if column.isupper():
        words = [word.capitalize() for word in words]
    joined = "".join(word[:1].upper() + word[1:] for word in words)
    return joined[:1].lower() + joined[1:]


def parse(text: str | None) -> dict[str, Any]:
    """The properties as sent, none being as good as empty; raises InvalidInput where they are no JSON object."""
    if text is None:
        return {}
    try:
        properties = orjson.loads(text)
    except orjson.JSONDecodeError:
        properties = None
    if not isinstance(properties, dict):
        raise InvalidInput("Error parsing properties json")
    return properties


def record(properties: Mapping[str, Any], schema: AvroSchema, given: Mapping[str, Any]) -> dict[str, Any]:
    """Column to value, of properties and of what was given beside them, by column.

    Raises InvalidInput naming the property, and its type, that does not fit the schema or that the schema needs.
    """
    columns = {camel_case(column.name): column for column in schema.columns if column.name not in given}
    values: dict[str, Any] = {}
    for name, value in properties.items():
        if name not in columns:
            raise InvalidInput(f"{name} is no property of {schema.dataset_type}; they are: {', '.join(columns)}.")
        values[columns[name].name] = typed(value, columns[name], name)
    for name, column in columns.items():
        if values.get(column.name) is None and not column.nullable:
            raise InvalidInput(f"The property {name} ({column.type}) is required by the schema of the dataset.")
    return values | dict(given)


def typed(value: Any, column: Column, name: str) -> Any:
    """The value as its column has it; numbers and booleans may come as strings, as in Amazon's examples."""
    if value is None and column.nullable:
        return None
    found: Any = None
    if column.type == "string":
        found = _text(value, column, name)
    elif column.type == "boolean":
        found = _boolean(value)
    elif column.type in INTEGERS:
        found = _integer(value, INTEGERS[column.type])
    else:
        found = _float(value, FLOATS[column.type])
    if found is None:
        raise InvalidInput(f"The property {name} must be of type {column.type}; it is {value!r}.")
    return found


def _text(value: Any, column: Column, name: str) -> str | None:
    if not isinstance(value, str):
        return None
    if column.textual:
        return value[:LONGEST_TEXT]
    if len(value) > LONGEST_STRING:
        raise InvalidInput(f"The property {name} cannot be more than {LONGEST_STRING} characters.")
    return value


def _boolean(value: Any) -> bool | None:
    return {"true": True, "false": False}.get(str(value).lower()) if isinstance(value, bool | str) else None


def _integer(value: Any, bound: int) -> int | None:
    try:
        number = int(value) if isinstance(value, str) else value
    except ValueError:
        return None
    whole = isinstance(number, int) and not isinstance(number, bool)
    return number if whole and -bound <= number < bound else None


def _float(value: Any, largest: float) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) <= largest else None
