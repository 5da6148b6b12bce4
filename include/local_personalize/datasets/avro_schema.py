"""Personalize's Avro schemas: what a dataset's columns are, and which schemas the service refuses."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import regex

from include.local_personalize.errors import InvalidInput

REQUIRED = {
    "INTERACTIONS": {"USER_ID": "string", "ITEM_ID": "string", "TIMESTAMP": "long"},
    "ITEMS": {"ITEM_ID": "string"},
    "USERS": {"USER_ID": "string"},
    "ACTIONS": {"ACTION_ID": "string"},
    "ACTION_INTERACTIONS": {"USER_ID": "string", "ACTION_ID": "string", "EVENT_TYPE": "string", "TIMESTAMP": "long"},
}
METADATA = {  # how many columns beside the required and the reserved ones, at least and at most
    "INTERACTIONS": (0, 5),
    "ITEMS": (1, 100),
    "USERS": (1, 25),
    "ACTIONS": (1, 10),
    "ACTION_INTERACTIONS": (0, 5),
}
DOMAIN_REQUIRED = {
    ("ECOMMERCE", "INTERACTIONS"): {"EVENT_TYPE": "string"},
    ("VIDEO_ON_DEMAND", "INTERACTIONS"): {"EVENT_TYPE": "string"},
    ("ECOMMERCE", "ITEMS"): {"PRICE": "float", "CATEGORY_L1": "string"},
    ("VIDEO_ON_DEMAND", "ITEMS"): {"CREATION_TIMESTAMP": "long", "GENRES": "string"},
}
RESERVED_EVENT = {
    "EVENT_TYPE": "string",
    "EVENT_VALUE": "float",
    "IMPRESSION": "string",
    "RECOMMENDATION_ID": "string",
    "EVENT_ATTRIBUTION_SOURCE": "string",
}
RESERVED = {
    "INTERACTIONS": RESERVED_EVENT,
    "ITEMS": {"CREATION_TIMESTAMP": "long"},
    "USERS": {},
    "ACTIONS": {
        "VALUE": "double",
        "CREATION_TIMESTAMP": "long",
        "ACTION_EXPIRATION_TIMESTAMP": "long",
        "REPEAT_FREQUENCY": "long",
    },
    "ACTION_INTERACTIONS": RESERVED_EVENT,
}
TYPES = {"string", "int", "long", "float", "double", "boolean"}
FLOATS = {"float", "double"}
NAMESPACE = "com.amazonaws.personalize.schema"
VERSION = "1.0"


@dataclass(frozen=True)
class Column:
    name: str
    type: str  # an Avro primitive
    nullable: bool
    categorical: bool
    textual: bool
    item_name: bool = False


@dataclass(frozen=True)
class AvroSchema:
    dataset_type: str  # upper case
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)


def key(schema: AvroSchema) -> str:
    """The column with the id of each record of Items, Users or Actions."""
    return next(iter(REQUIRED[schema.dataset_type]))


def trained_kinds(schema: AvroSchema) -> dict[str, str]:
    """What each column of metadata is to a recipe: categorical, textual or numeric.

    Ids, booleans, and strings that are neither categorical nor textual are not trained on.
    """
    kinds = {}
    for column in schema.columns:
        if column.categorical:
            kinds[column.name] = "categorical"
        elif column.textual:
            kinds[column.name] = "textual"
        elif column.type not in ("string", "boolean"):
            kinds[column.name] = "numeric"
    return kinds


@lru_cache(maxsize=1_000)
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
        raise InvalidInput("The schema's name must be Interactions, Items, Users, Actions or Action_Interactions.")
    columns = tuple(_column(field) for field in record["fields"])
    faults = [*_header_faults(record), *_faults(dataset_type, columns, domain)]
    if faults:
        raise InvalidInput(f"The schema is not usable for {dataset_type}: {'; '.join(faults)}.")
    return AvroSchema(dataset_type, columns)


def extends(old: AvroSchema, new: AvroSchema) -> list[str]:
    """What keeps a dataset from moving from one schema to another, a sentence each; empty where nothing does.

    Only Items and Users may move: every old field stays as it is, and every new one allows null.
    """
    if old.dataset_type not in ("ITEMS", "USERS"):
        return [f"The schema of {old.dataset_type} cannot be replaced; only those of Items and Users can."]
    if new.dataset_type != old.dataset_type:
        return [f"The schema describes {new.dataset_type}, the dataset is of type {old.dataset_type}."]
    faults = []
    for column in old.columns:
        found = new.column(column.name)
        if found != column:
            faults.append(f"Field {column.name} is {'changed' if found else 'missing'}; keep it as it was.")
    kept = {column.name for column in old.columns}
    return faults + [
        f"Field {column.name} is new and must allow null."
        for column in new.columns
        if column.name not in kept and not column.nullable
    ]


def _column(field: Any) -> Column:
    if not isinstance(field, dict) or not isinstance(field.get("name"), str):
        raise InvalidInput("Each field of the schema must be an object with a name and a type.")
    name, declared = field["name"], field.get("type")
    if not regex.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,149}", name):
        raise InvalidInput(f"Field {name!r}: a name has up to 150 letters, digits and _, and starts with no digit.")
    types = declared if isinstance(declared, list) else [declared]
    primitives = [one for one in types if one != "null"]
    if len(primitives) != 1 or not isinstance(primitives[0], str) or primitives[0] not in TYPES:
        raise InvalidInput(f"Field {name}: the type must be one of {', '.join(sorted(TYPES))}, or a union with null.")
    flags = [_flag(field, flag) for flag in ("categorical", "textual", "itemName")]
    return Column(name, primitives[0], "null" in types, *flags)


def _flag(field: dict[str, Any], flag: str) -> bool:
    value = field.get(flag, False)
    if not isinstance(value, bool):
        raise InvalidInput(f"Field {field['name']}: {flag} must be true or false.")
    return value


def _header_faults(record: dict[str, Any]) -> list[str]:
    expected = {"namespace": NAMESPACE, "version": VERSION}
    return [f"its {name} must be {value}" for name, value in expected.items() if record.get(name) != value]


def _faults(dataset_type: str, columns: tuple[Column, ...], domain: str | None) -> list[str]:
    by_name = {column.name: column for column in columns}
    required, reserved = REQUIRED[dataset_type], RESERVED[dataset_type]
    needed = required | DOMAIN_REQUIRED.get((domain or "", dataset_type), {})
    faults = [f"{name} of type {kind} is missing" for name, kind in needed.items() if name not in by_name]
    for name, column in by_name.items():
        kind = needed.get(name) or reserved.get(name, column.type)
        if column.type != kind and not {column.type, kind} <= FLOATS:
            faults.append(f"{name} must be of type {kind}")
        if column.nullable and name in required:
            faults.append(f"{name} must not be nullable")
    if len({column.name.replace("_", "").upper() for column in columns}) < len(columns):
        faults.append("two fields have the same name, underscores aside")
    faults += _flag_faults(dataset_type, columns)
    least, most = METADATA[dataset_type]
    # A reserved field of items, users or actions counts as their metadata; of interactions it does not.
    own = set(required) | (set(reserved) if reserved is RESERVED_EVENT else set())
    metadata = len(by_name.keys() - own)
    if not least <= metadata <= most:
        faults.append(f"{least} to {most} metadata fields are needed, {metadata} given")
    return faults


def _flag_faults(dataset_type: str, columns: tuple[Column, ...]) -> Iterator[str]:
    unflagged = {*REQUIRED[dataset_type], "EVENT_TYPE", "IMPRESSION", "CREATION_TIMESTAMP"}
    for column in columns:
        flags = {"categorical": column.categorical, "textual": column.textual, "itemName": column.item_name}
        given = [name for name, is_given in flags.items() if is_given]
        if given and (column.type != "string" or column.name in unflagged):
            yield f"{column.name} must not be {given[0]}, which is for metadata of type string"
        if column.categorical and column.textual:
            yield f"{column.name} must be categorical or textual, not both"
    for flag, flagged in (
        ("textual", [column.name for column in columns if column.textual]),
        ("itemName", [column.name for column in columns if column.item_name]),
    ):
        if flagged and (dataset_type != "ITEMS" or len(flagged) > 1):
            yield f"{flag} is for one field of Items only, not {', '.join(flagged)}"
