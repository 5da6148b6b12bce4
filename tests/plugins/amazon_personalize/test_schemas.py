"""What may change in a dataset's schema, and what is told where it may not."""

import json
from typing import Any

import pytest

from amazon_personalize.schemas import SchemaChange, compare

ID = {"name": "ITEM_ID", "type": "string"}
GENRES = {"name": "GENRES", "type": ["null", "string"], "categorical": True}
PRICE = {"name": "PRICE", "type": ["null", "float"]}


def schema(*fields: dict[str, Any]) -> str:
    return json.dumps({"type": "record", "name": "Items", "fields": fields, "version": "1.0"})


OLD = schema(ID, GENRES)


@pytest.mark.parametrize(
    "new",
    [
        OLD,
        schema(GENRES, ID),
        schema(ID, {**GENRES, "type": ["string", "null"]}),
        schema({**ID, "type": ["string"]}, GENRES),
        schema({**ID, "categorical": False, "doc": "the item"}, GENRES),
    ],
    ids=["itself", "other order", "other order of a union", "a union of one", "what was so anyway"],
)
@pytest.mark.parametrize("dataset_type", ["Items", "Interactions"])
def test_the_same_in_other_words(new: str, dataset_type: str) -> None:
    assert compare(dataset_type, OLD, new) == SchemaChange()
    assert not compare(dataset_type, OLD, new)


@pytest.mark.parametrize("dataset_type", ["Items", "ITEMS", "Users"])
def test_items_and_users_may_get_fields_that_allow_null(dataset_type: str) -> None:
    assert compare(dataset_type, OLD, schema(PRICE, ID, GENRES)) == SchemaChange(added=("PRICE",))


@pytest.mark.parametrize(
    ("new", "obstacle"),
    [
        ([ID, GENRES, {**PRICE, "type": "float"}], 'PRICE is new and must allow null: "type": ["null", "float"]'),
        ([ID, PRICE], "GENRES is missing; it must stay"),
        ([ID, {**GENRES, "type": "string"}], 'GENRES: type was ["null", "string"] and would be "string"; it must stay'),
        ([ID, {**GENRES, "categorical": False}], "GENRES: categorical was true and would be false; it must stay"),
        ([ID, {**GENRES, "textual": True}], "GENRES: textual was false and would be true; it must stay"),
        ([{**ID, "type": "int"}, GENRES], 'ITEM_ID: type was "string" and would be "int"; it must stay'),
    ],
)
def test_any_other_change_is_told_with_its_field(new: list[dict[str, Any]], obstacle: str) -> None:
    assert obstacle in compare("Items", OLD, schema(*new)).obstacles


def test_interactions_never_change() -> None:
    change = compare("Interactions", OLD, schema(ID, GENRES, PRICE))

    assert change.obstacles == ("PRICE is new; the fields of Interactions can never change",)


def test_every_obstacle_is_told_at_once() -> None:
    change = compare("Items", OLD, schema({**ID, "type": "long"}, {**PRICE, "type": "float"}))

    assert [obstacle.split()[0].rstrip(":") for obstacle in change.obstacles] == ["GENRES", "ITEM_ID", "PRICE"]
