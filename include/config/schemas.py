"""What Amazon Personalize takes as the schema of a dataset, so that a refused CreateSchema is found in the YAML file.

The rules are those of "Creating schema JSON files" in the Amazon Personalize developer guide.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias

from include.config.values import Problem

DatasetType: TypeAlias = Literal["interactions", "items", "users"]
Fields: TypeAlias = Sequence[Mapping[str, Any]]

TYPES = ("string", "int", "long", "float", "double", "boolean")
FLAGS = ("categorical", "textual", "itemName")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
REQUIRED_FIELDS: Mapping[str, Mapping[str, str]] = {
    "interactions": {"USER_ID": "string", "ITEM_ID": "string", "TIMESTAMP": "long"},
    "items": {"ITEM_ID": "string"},
    "users": {"USER_ID": "string"},
}
REQUIRED_IN_DOMAIN: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("ECOMMERCE", "interactions"): {"EVENT_TYPE": "string"},
    ("VIDEO_ON_DEMAND", "interactions"): {"EVENT_TYPE": "string"},
    ("ECOMMERCE", "items"): {"PRICE": "float", "CATEGORY_L1": "string"},
    ("VIDEO_ON_DEMAND", "items"): {"CREATION_TIMESTAMP": "long", "GENRES": "string"},
}
RESERVED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "interactions": {
        "EVENT_TYPE": ("string",),
        "EVENT_VALUE": ("float", "double"),
        "IMPRESSION": ("string",),
        "RECOMMENDATION_ID": ("string",),
        "EVENT_ATTRIBUTION_SOURCE": ("string",),
    },
    "items": {"CREATION_TIMESTAMP": ("long",)},
    "users": {},
}
METADATA: Mapping[str, tuple[int, int]] = {"interactions": (0, 5), "items": (1, 100), "users": (1, 25)}


def kind_of(field: Mapping[str, Any]) -> str:
    """The Avro type of a field, whether or not it may be null."""
    declared = field["type"]
    return str(declared) if isinstance(declared, str) else next(str(part) for part in declared if part != "null")


def is_nullable(field: Mapping[str, Any]) -> bool:
    """Whether a field may be null: its type is a union with null."""
    return not isinstance(field["type"], str)


def problems(kind: DatasetType, fields: Fields, domain: str | None = None) -> list[Problem]:
    """Everything Personalize would refuse; where a field is to blame, its position in the list is the place."""
    unreadable = [Problem((at,), said) for at, field in enumerate(fields) if (said := _unreadable(field))]
    if unreadable:
        return unreadable
    return [
        *_required(kind, fields, domain),
        *(Problem((at,), said) for at, field in enumerate(fields) for said in _refused(kind, field)),
        *_names_once(fields),
        *_flag_once(fields),
        *_enough_and_not_too_many(kind, fields),
    ]


def _unreadable(field: Mapping[str, Any]) -> str:
    name, declared = field.get("name"), field.get("type")
    unknown = sorted(set(map(str, field)) - {"name", "type", *FLAGS})
    if not isinstance(name, str) or not NAME.fullmatch(name):
        return f"name {name!r}: allowed: letters, digits and _, first a letter or _"
    if unknown:
        return f"{name}: {', '.join(unknown)}: unknown key. Allowed: name, type, {', '.join(FLAGS)}"
    if isinstance(declared, list) and None in declared:
        return f'{name}: null in a type is a word: write "null", with the quotes'
    plain = declared
    if isinstance(declared, list) and len(declared) == 2 and declared.count("null") == 1:
        plain = next(part for part in declared if part != "null")
    if not isinstance(plain, str) or plain not in TYPES:
        return f'{name}: type {declared!r}: allowed: one of {", ".join(TYPES)}, or [that, "null"]'
    return next(
        (
            f"{name}: {flag} is {field[flag]!r}; allowed: true or false"
            for flag in FLAGS
            if not isinstance(field.get(flag, False), bool)
        ),
        "",
    )


def _required(kind: DatasetType, fields: Fields, domain: str | None) -> Iterator[Problem]:
    found = {field["name"]: (at, field["type"]) for at, field in enumerate(fields)}
    for name, needed in REQUIRED_FIELDS[kind].items():
        at, declared = found.get(name, (None, "no such field"))
        if declared != needed:
            yield _missing(at, f"{name} must be there with type {needed}, found {declared}")
    for name, needed in REQUIRED_IN_DOMAIN.get((domain or "", kind), {}).items():
        at, declared = found.get(name, (None, "no such field"))
        if at is None or kind_of(fields[at]) != needed:
            yield _missing(at, f"{name} must be there with type {needed} in domain {domain}, found {declared}")


def _missing(at: int | None, said: str) -> Problem:
    return Problem(() if at is None else (at,), said)


def _refused(kind: DatasetType, field: Mapping[str, Any]) -> Iterator[str]:
    name, avro_type = field["name"], kind_of(field)
    allowed = RESERVED[kind].get(name, TYPES)
    if avro_type not in allowed:
        own_type = " or ".join(allowed)
        yield f"{name}: Personalize's own name, with type {own_type}; found {avro_type}: change the type or the name"
    flags = [flag for flag in FLAGS if field.get(flag)]
    own = name in RESERVED[kind] or name in REQUIRED_FIELDS[kind]
    if flags and (own or avro_type != "string"):
        what = "a field of Personalize's own" if own else f"a field of type {avro_type}"
        yield f"{name}: {flags[0]} is for metadata of type string, not for {what}: take it out"
    if field.get("categorical") and field.get("textual"):
        yield f"{name}: a field is categorical or textual, not both: take one out"
    for flag in ("textual", "itemName"):
        if field.get(flag) and kind != "items":
            yield f"{name}: {flag} is for items only: take it out"


def _names_once(fields: Fields) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for at, field in enumerate(fields):
        bare = field["name"].replace("_", "").upper()
        if bare in first:
            yield Problem((at,), f"{field['name']}: underscores and case aside, {first[bare]} again: rename one")
        first.setdefault(bare, field["name"])


def _flag_once(fields: Fields) -> Iterator[Problem]:
    seen: Counter[str] = Counter()
    for at, field in enumerate(fields):
        for flag in ("textual", "itemName"):
            seen[flag] += bool(field.get(flag))
            if field.get(flag) and seen[flag] > 1:
                yield Problem((at,), f"{field['name']}: {flag} stands twice. Allowed: one field of the dataset")


def _enough_and_not_too_many(kind: DatasetType, fields: Fields) -> Iterator[Problem]:
    least, most = METADATA[kind]
    own = set(REQUIRED_FIELDS[kind]) | (set(RESERVED[kind]) if kind == "interactions" else set())
    metadata = [field["name"] for field in fields if field["name"] not in own]
    if len(metadata) < least:
        yield Problem((), "Personalize asks for at least one metadata field beside the id: add one")
    if len(metadata) > most:
        yield Problem((), f"{len(metadata)} metadata fields; Personalize takes {most}: take {len(metadata) - most} out")
