"""What has changed between two Avro schemas of a dataset, and whether Amazon Personalize lets the dataset follow."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

EXTENSIBLE = ("ITEMS", "USERS")
FLAGS = ("categorical", "textual", "itemName")

Traits = dict[str, Any]


@dataclass(frozen=True)
class SchemaChange:
    """The fields that were added, and what keeps the dataset from taking the new schema, a sentence each."""

    added: tuple[str, ...] = ()
    obstacles: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.obstacles)


def compare(dataset_type: str, old: str, new: str) -> SchemaChange:
    """Compare two schemas field by field, given as Avro JSON; the order of fields says nothing, nor that of a union.

    Only Items and Users can change, and only by fields that allow null. Source: developer guide, replacing a schema.
    """
    before, after = _fields(old), _fields(new)
    added = [name for name in after if name not in before]
    obstacles = [
        *(f"{name} is missing; it must stay" for name in before if name not in after),
        *(
            f"{name}: {trait} was {_told(was)} and would be {_told(after[name][trait])}; it must stay"
            for name, traits in before.items()
            if name in after
            for trait, was in traits.items()
            if after[name][trait] != was
        ),
    ]
    if dataset_type.upper() in EXTENSIBLE:
        obstacles += [
            f'{name} is new and must allow null: "type": ["null", {json.dumps(after[name]["type"][0])}]'
            for name in added
            if "null" not in after[name]["type"]
        ]
    else:
        obstacles += [f"{name} is new; the fields of {dataset_type} can never change" for name in added]
    return SchemaChange(tuple(added), tuple(obstacles))


def _fields(schema: str) -> dict[str, Traits]:
    """What Personalize reads of each field: its types in one order, and its flags."""
    return {field["name"]: _traits(field) for field in json.loads(schema)["fields"]}


def _traits(field: Mapping[str, Any]) -> Traits:
    types = field["type"] if isinstance(field["type"], list) else [field["type"]]
    return {"type": sorted(types), **{flag: bool(field.get(flag, False)) for flag in FLAGS}}


def _told(value: Any) -> str:
    return json.dumps(value[0] if isinstance(value, list) and len(value) == 1 else value)
