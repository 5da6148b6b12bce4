"""What a schema may be, what becomes of its columns, and which schema may follow another."""

import json

import pytest

from include.local_personalize.datasets.avro_schema import extends, parse, trained_kinds
from include.local_personalize.errors import InvalidInput
from tests.include.local_personalize.shop import FIELDS, schema_text

ITEM = ("ITEM_ID", "string")
EVENT = [("USER_ID", "string"), ("ITEM_ID", "string"), ("TIMESTAMP", "long")]
TITLE = ("TITLE", "string")


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("Interactions", EVENT),
        ("Interactions", [*EVENT, ("EVENT_VALUE", ["null", "float"]), ("EVENT_TYPE", "string")]),
        ("Interactions", [*EVENT, ("EVENT_VALUE", "double"), ("IMPRESSION", ["null", "string"])]),
        ("Interactions", [*EVENT, *[(f"METADATA{number}", "int") for number in range(5)]]),
        ("Items", [ITEM, ("CREATION_TIMESTAMP", "long")]),
        ("Items", [ITEM, (*TITLE, "textual"), ("NAME", "string", "itemName"), ("GENRES", "string", "categorical")]),
        ("Items", [ITEM, (*TITLE, "textual", "itemName")]),
        ("Users", [("USER_ID", "string"), ("MEMBER", "boolean")]),
        ("Actions", [("ACTION_ID", "string"), ("VALUE", ["null", "double"]), ("REPEAT_FREQUENCY", "long")]),
        (
            "Action_Interactions",
            [("USER_ID", "string"), ("ACTION_ID", "string"), ("EVENT_TYPE", "string"), ("TIMESTAMP", "long")],
        ),
    ],
)
def test_a_schema_that_amazon_takes_is_read(kind, fields):
    schema = parse(schema_text(kind, fields))
    assert schema.dataset_type == kind.upper()
    assert [column.name for column in schema.columns] == [name for name, *_ in fields]


@pytest.mark.parametrize(
    ("kind", "fields", "fault"),
    [
        ("Interactions", [*EVENT, ("EVENT_TYPE", "string", "categorical")], "EVENT_TYPE must not be categorical"),
        ("Interactions", [*EVENT, ("EVENT_TYPE", "int")], "EVENT_TYPE must be of type string"),
        ("Interactions", [*EVENT, ("EVENT_VALUE", "int")], "EVENT_VALUE must be of type float"),
        ("Interactions", [*EVENT, *[(f"M{number}", "int") for number in range(6)]], "0 to 5 metadata fields"),
        ("Interactions", [*EVENT, (*TITLE, "textual")], "textual is for one field of Items only, not TITLE"),
        ("Items", [ITEM, (*TITLE, "textual"), ("TEXT", "string", "textual")], "not TITLE, TEXT"),
        ("Items", [ITEM, (*TITLE, "itemName"), ("NAME", "string", "itemName")], "itemName is for one field"),
        ("Items", [ITEM, (*TITLE, "textual", "categorical")], "TITLE must be categorical or textual, not both"),
        ("Items", [ITEM, ("PRICE", "float", "categorical")], "PRICE must not be categorical"),
        ("Items", [("ITEM_ID", "string", "categorical"), TITLE], "ITEM_ID must not be categorical"),
        ("Items", [ITEM, ("CREATION_TIMESTAMP", "int")], "CREATION_TIMESTAMP must be of type long"),
        ("Items", [ITEM, ("1ST", "int")], "Field '1ST'"),
        ("Items", [ITEM, ('A"B', "int")], "up to 150 letters"),
        ("Items", [ITEM, ("LIST", {"type": "array", "items": "string"})], "Field LIST"),
        ("Users", [("USER_ID", "string"), ("AGE", "bytes")], "Field AGE"),
        ("Actions", [("ACTION_ID", "string")], "1 to 10 metadata fields"),
        ("Actions", [("ACTION_ID", "string"), ("VALUE", "string")], "VALUE must be of type double"),
        ("Action_Interactions", EVENT, "ACTION_ID of type string is missing"),
    ],
)
def test_a_schema_that_amazon_refuses_is_refused_with_its_fault(kind, fields, fault):
    with pytest.raises(InvalidInput) as error:
        parse(schema_text(kind, fields))
    assert fault in error.value.message


@pytest.mark.parametrize(("member", "value"), [("namespace", "com.example"), ("version", "2.0"), ("version", None)])
def test_namespace_and_version_are_fixed(member, value):
    with pytest.raises(InvalidInput, match=f"its {member} must be"):
        parse(json.dumps(json.loads(schema_text("Users")) | {member: value}))


def test_a_flag_is_true_or_false():
    text = schema_text("Items", [ITEM, (*TITLE, "textual")]).replace('"textual": true', '"textual": "yes"')
    with pytest.raises(InvalidInput, match="textual must be true or false"):
        parse(text)


def test_domains_need_their_columns():
    with pytest.raises(InvalidInput, match="EVENT_TYPE of type string is missing"):
        parse(schema_text("Interactions", EVENT), "ECOMMERCE")
    with pytest.raises(InvalidInput, match="CATEGORY_L1 of type string is missing"):
        parse(schema_text("Items", [ITEM, ("PRICE", "float")]), "ECOMMERCE")
    assert parse(schema_text("Items"), "VIDEO_ON_DEMAND")


def test_columns_train_by_their_flags_and_types():
    fields = [
        ITEM,
        ("GENRES", "string", "categorical"),
        ("PLOT", ["null", "string"], "textual"),
        ("PRICE", "float"),
        ("SHELF", "string"),
        ("IN_STOCK", "boolean"),
    ]
    kinds = {"GENRES": "categorical", "PLOT": "textual", "PRICE": "numeric"}
    assert trained_kinds(parse(schema_text("Items", fields))) == kinds


def test_a_schema_may_grow_by_fields_that_allow_null():
    old = parse(schema_text("Items"))
    more = [*FIELDS["Items"], ("PRICE", ["null", "float"])]
    assert extends(old, parse(schema_text("Items", more))) == []
    assert extends(old, parse(schema_text("Items", more[::-1]))) == []
    assert extends(old, old) == []


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ([*FIELDS["Items"], ("PRICE", "float")], ["Field PRICE is new and must allow null."]),
        (FIELDS["Items"][:2], ["Field CREATION_TIMESTAMP is missing; keep it as it was."]),
        (
            [ITEM, ("GENRES", "string", "categorical"), ("CREATION_TIMESTAMP", "long")],
            ["Field GENRES is changed; keep it as it was."],
        ),
    ],
)
def test_a_schema_may_not_change_what_is_there(fields, faults):
    assert extends(parse(schema_text("Items")), parse(schema_text("Items", fields))) == faults


def test_interactions_keep_their_schema():
    interactions = parse(schema_text("Interactions"))
    assert len(extends(interactions, interactions)) == 1
    assert len(extends(parse(schema_text("Items")), parse(schema_text("Users")))) == 1
