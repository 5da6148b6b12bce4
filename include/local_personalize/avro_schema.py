"""Personalize's Avro schemas: what a dataset's columns are, and which schemas the service refuses."""

import json
from dataclasses import dataclass
from typing import Any

from include.local_personalize.errors import InvalidInput

REQUIRED = {
    "INTERACTIONS": {"USER_ID": "string", "ITEM_ID": "string", "TIMESTAMP": "long"},
    "ITEMS": {"ITEM_ID": "string"},
    "USERS": {"USER_ID": "string"},
    "ACTIONS": {"ACTION_ID": "string"},
    "ACTION_INTERACTIONS": {"USER_ID": "string", "ACTION_ID": "string", "EVENT_TYPE": "string", "TIMESTAMP": "long"},
}
NEEDS_METADATA = {"ITEMS": 100, "USERS": 25, "ACTIONS": 10}  # and how many metadata fields at most
DOMAIN_REQUIRED = {
    ("ECOMMERCE", "INTERACTIONS"): {"EVENT_TYPE": "string"},
    ("VIDEO_ON_DEMAND", "INTERACTIONS"): {"EVENT_TYPE": "string"},
    ("ECOMMERCE", "ITEMS"): {"PRICE": "float", "CATEGORY_L1": "string"},
    ("VIDEO_ON_DEMAND", "ITEMS"): {"CREATION_TIMESTAMP": "long", "GENRES": "string"},
}
RESERVED = {
    "EVENT_TYPE": "string",
    "EVENT_VALUE": "float",
    "IMPRESSION": "string",
    "RECOMMENDATION_ID": "string",
    "EVENT_ATTRIBUTION_SOURCE": "string",
    "CREATION_TIMESTAMP": "long",
}
TYPES = {"string", "int", "long", "float", "double", "boolean"}


@dataclass(frozen=True)
class Column:
    name: str
    type: str  # an Avro primitive
    nullable: bool
    categorical: bool
    textual: bool


@dataclass(frozen=True)
class AvroSchema:
    dataset_type: str  # upper case
    columns: tuple[Column, ...]


def parse(text: str, domain: str | None = None) -> AvroSchema:
    """Read an Avro schema; raises InvalidInput naming every field that Personalize would refuse."""
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"The schema is not valid JSON: {error}.") from None
    if not isinstance(record, dict) or record.get("type") != "record" or not isinstance(record.get("fields"), list):
        raise InvalidInput('The schema must be an Avro record: {"type": "record", "name": …, "fields": […]}.')
    dataset_type = str(record.get("name", "")).upper().replace("ACTIONINTERACTIONS", "ACTION_INTERACTIONS")
    if dataset_type not in REQUIRED:
        raise InvalidInput("The schema's name must be Interactions, Items, Users, Actions or ActionInteractions.")
    columns = tuple(_column(field) for field in record["fields"])
    faults = _faults(dataset_type, columns, domain)
    if faults:
        raise InvalidInput(f"The schema is not usable for {dataset_type}: {'; '.join(faults)}.")
    return AvroSchema(dataset_type, columns)


def _column(field: Any) -> Column:
    if not isinstance(field, dict) or not isinstance(field.get("name"), str):
        raise InvalidInput("Each field of the schema must be an object with a name and a type.")
    name, declared = field["name"], field.get("type")
    types = declared if isinstance(declared, list) else [declared]
    primitives = [one for one in types if one != "null"]
    if len(primitives) != 1 or not isinstance(primitives[0], str) or primitives[0] not in TYPES:
        raise InvalidInput(f"Field {name}: the type must be one of {', '.join(sorted(TYPES))}, or a union with null.")
    flags = (field.get("categorical") is True, field.get("textual") is True)
    return Column(name, primitives[0], "null" in types, *flags)


def _faults(dataset_type: str, columns: tuple[Column, ...], domain: str | None) -> list[str]:
    by_name = {column.name: column for column in columns}
    required = REQUIRED[dataset_type]
    needed = required | DOMAIN_REQUIRED.get((domain or "", dataset_type), {})
    faults = [f"{name} of type {kind} is missing" for name, kind in needed.items() if name not in by_name]
    for name, column in by_name.items():
        kind = needed.get(name) or RESERVED.get(name, column.type)
        if column.type != kind and (column.type, kind) != ("double", "float"):
            faults.append(f"{name} must be of type {kind}")
        if column.nullable and name in required:
            faults.append(f"{name} must not be nullable")
    if len({column.name.replace("_", "").upper() for column in columns}) < len(columns):
        faults.append("two fields have the same name, underscores aside")
    textual = [column.name for column in columns if column.textual]
    if textual and (dataset_type != "ITEMS" or len(textual) > 1):
        faults.append(f"textual is for one field of Items only, not {', '.join(textual)}")
    most = NEEDS_METADATA.get(dataset_type)
    metadata = len(columns) - len(required)
    if most and not 1 <= metadata <= most:
        faults.append(f"1 to {most} metadata fields are needed, {metadata} given")
    return faults
