"""Schemas that Personalize would refuse, a line each."""

from typing import Any

import pytest
import yaml

from include.config.schemas import problems

REQUIRED = {
    "interactions": "{name: USER_ID, type: string}, {name: ITEM_ID, type: string}, {name: TIMESTAMP, type: long}",
    "items": "{name: ITEM_ID, type: string}",
    "users": "{name: USER_ID, type: string}",
}
KINDS: Any = {"i": "interactions", "t": "items", "u": "users"}


def fields(kind: str, more: str) -> Any:
    return yaml.safe_load(f"[{REQUIRED[kind]}, {more}]")


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("i", ""),
        ("i", '{name: EVENT_TYPE, type: string}, {name: EVENT_VALUE, type: [float, "null"]}'),
        ("i", '{name: EVENT_VALUE, type: ["null", double]}, {name: IMPRESSION, type: ["null", string]}'),
        ("i", "{name: RECOMMENDATION_ID, type: string}, {name: EVENT_ATTRIBUTION_SOURCE, type: string}"),
        ("i", ", ".join(f"{{name: M{n}, type: int}}" for n in range(5)) + ", {name: EVENT_TYPE, type: string}"),
        ("t", "{name: CREATION_TIMESTAMP, type: long}"),
        ("t", "{name: TEXT, type: string, textual: true}, {name: T, type: string, categorical: true}"),
        ("t", "{name: NAME, type: string, itemName: true}, {name: ON_SALE, type: boolean}"),
        ("t", ", ".join(f"{{name: M{n}, type: double}}" for n in range(100))),
        ("u", ", ".join(f"{{name: M{n}, type: long}}" for n in range(25))),
        ("u", "{name: EVENT_TYPE, type: int}"),  # a reserved name of interactions alone
    ],
)
def test_schemas_that_personalize_takes(kind: str, more: str) -> None:
    assert problems(KINDS[kind], fields(KINDS[kind], more)) == []


@pytest.mark.parametrize(
    ("kind", "more", "says"),
    [
        ("i", "{type: string}", "3 name None: allowed: letters, digits and _, first a letter or _"),
        ("i", "{name: 3D, type: string}", "3 name '3D': allowed: letters, digits and _"),
        ("i", "{name: IN STOCK, type: string}", "3 name 'IN STOCK': allowed: letters, digits and _"),
        ("i", "{name: A}", "3 A: type None: allowed: one of string, int, long, float, double, boolean"),
        ("i", "{name: A, type: text}", "3 A: type 'text': allowed: one of string, int"),
        ("i", "{name: A, type: [string, null]}", '3 A: null in a type is a word: write "null", with the quotes'),
        ("i", "{name: A, type: [string, int]}", "3 A: type ['string', 'int']: allowed: one of"),
        ("i", '{name: A, type: ["null"]}', "3 A: type ['null']: allowed: one of"),
        ("i", '{name: A, type: "null"}', "3 A: type 'null': allowed: one of"),
        ("i", '{name: A, type: ["null", "null"]}', "3 A: type ['null', 'null']: allowed: one of"),
        ("i", '{name: A, type: [int, long, "null"]}', "3 A: type ['int', 'long', 'null']: allowed: one of"),
        ("i", "{name: A, type: {type: array, items: string}}", "3 A: type {'type': 'array', 'items': 'string'}"),
        ("i", "{name: A, type: int, categorial: true}", "3 A: categorial: unknown key. Allowed: name, type, categ"),
        ("i", "{name: A, type: string, categorical: 'yes'}", "3 A: categorical is 'yes'; allowed: true or false"),
        ("i", "{name: EVENT_TYPE, type: int}", "3 EVENT_TYPE: Personalize's own name, with type string; found int"),
        ("i", "{name: EVENT_VALUE, type: string}", "3 EVENT_VALUE: Personalize's own name, with type float or double"),
        ("i", "{name: IMPRESSION, type: int}", "3 IMPRESSION: Personalize's own name, with type string; found int"),
        ("t", '{name: CREATION_TIMESTAMP, type: [int, "null"]}', "1 CREATION_TIMESTAMP: Personalize's own name, with"),
        ("i", "{name: EVENT_TYPE, type: string, categorical: true}", "3 EVENT_TYPE: categorical is for metadata of ty"),
        ("t", "{name: A, type: int, categorical: true}", "1 A: categorical is for metadata of type string, not for a"),
        ("t", "{name: A, type: string, categorical: true, textual: true}", "1 A: a field is categorical or textual, n"),
        ("i", "{name: A, type: string, textual: true}", "3 A: textual is for items only: take it out"),
        ("u", "{name: A, type: string, textual: true}", "1 A: textual is for items only: take it out"),
        ("u", "{name: A, type: string, itemName: true}", "1 A: itemName is for items only: take it out"),
        (
            "t",
            "{name: A, type: string, textual: true}, {name: B, type: string, textual: true}",
            "2 B: textual stands t",
        ),
        (
            "t",
            "{name: AB, type: int}, {name: A_B, type: int}",
            "2 A_B: underscores and case aside, AB again: rename one",
        ),
        ("t", "{name: AB, type: int}, {name: ab, type: int}", "2 ab: underscores and case aside, AB again: rename one"),
        ("i", "{name: USER_ID, type: string}", "3 USER_ID: underscores and case aside, USER_ID again: rename one"),
        ("t", "", "- Personalize asks for at least one metadata field beside the id: add one"),
        ("u", "", "- Personalize asks for at least one metadata field beside the id: add one"),
        (
            "i",
            ", ".join(f"{{name: M{n}, type: int}}" for n in range(7)),
            "- 7 metadata fields; Personalize takes 5: tak",
        ),
        (
            "t",
            ", ".join(f"{{name: M{n}, type: int}}" for n in range(101)),
            "- 101 metadata fields; Personalize takes 100",
        ),
        (
            "u",
            ", ".join(f"{{name: M{n}, type: int}}" for n in range(26)),
            "- 26 metadata fields; Personalize takes 25: t",
        ),
    ],
)
def test_schemas_that_personalize_refuses(kind: str, more: str, says: str) -> None:
    (problem,) = problems(KINDS[kind], fields(KINDS[kind], more))

    assert f"{problem.at[0] if problem.at else '-'} {problem.said}".startswith(says)


@pytest.mark.parametrize(
    ("kind", "schema", "says"),
    [
        (
            "items",
            "[{name: NAME, type: int}, {name: B, type: int}]",
            "ITEM_ID must be there with type string, found no",
        ),
        ("users", '[{name: USER_ID, type: [string, "null"]}, {name: A, type: int}]', "USER_ID must be there with type"),
        (
            "users",
            "[{name: USER_ID, type: long}, {name: A, type: int}]",
            "USER_ID must be there with type string, found",
        ),
        (
            "users",
            "[{name: USER_ID, type: string, categorical: true}, {name: A, type: int}]",
            "USER_ID: categorical is",
        ),
    ],
)
def test_fields_that_must_be_there(kind: Any, schema: str, says: str) -> None:
    (problem,) = problems(kind, yaml.safe_load(schema))

    assert problem.said.startswith(says)


@pytest.mark.parametrize(
    ("domain", "kind", "more", "says"),
    [
        ("ECOMMERCE", "interactions", "", ["EVENT_TYPE must be there with type string in domain ECOMMERCE, found no"]),
        ("VIDEO_ON_DEMAND", "interactions", "{name: EVENT_TYPE, type: string}", []),
        ("ECOMMERCE", "items", '{name: PRICE, type: [float, "null"]}, {name: CATEGORY_L1, type: [string, "null"]}', []),
        (
            "ECOMMERCE",
            "items",
            "{name: PRICE, type: int}",
            ["PRICE must be there", "CATEGORY_L1 must be there with typ"],
        ),
        (
            "VIDEO_ON_DEMAND",
            "items",
            "{name: GENRES, type: string}",
            ["CREATION_TIMESTAMP must be there with type long"],
        ),
        ("ECOMMERCE", "users", "{name: AGE, type: int}", []),
    ],
)
def test_what_a_domain_asks_for(domain: str, kind: Any, more: str, says: list[str]) -> None:
    found = problems(kind, fields(kind, more), domain)

    assert [problem.said[: len(start)] for problem, start in zip(found, says, strict=True)] == says
