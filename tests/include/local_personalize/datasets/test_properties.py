"""Names and types of properties."""

import pytest

from include.local_personalize.datasets import avro_schema, properties
from include.local_personalize.errors import InvalidInput
from tests.include.local_personalize.shop import schema_text

FIELDS = ["string", "int", "long", "float", "double", "boolean"]
SCHEMA = avro_schema.parse(
    schema_text("Items", [("ITEM_ID", "string"), *[(f"{kind}_FIELD".upper(), ["null", kind]) for kind in FIELDS]])
)


@pytest.mark.parametrize(
    ("column", "name"),
    [
        ("NUM_RATINGS", "numRatings"),
        ("GENRES", "genres"),
        ("CATEGORY_L1", "categoryL1"),
        ("watchTime", "watchTime"),
        ("watch_time", "watchTime"),
        ("_PRICE", "price"),
    ],
)
def test_a_column_is_named_in_camel_case(column, name):
    assert properties.camel_case(column) == name


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("int", 12, 12),
        ("int", "12", 12),
        ("long", 2**62, 2**62),
        ("float", 1, 1.0),
        ("double", "1.5", 1.5),
        ("boolean", True, True),
        ("boolean", "false", False),
        ("string", "12", "12"),
        ("string", None, None),
    ],
)
def test_a_value_that_fits_is_kept_in_the_type_of_its_column(kind, value, kept):
    record = properties.record({f"{kind}Field": value}, SCHEMA, {"ITEM_ID": "i1"})
    assert record == {"ITEM_ID": "i1", f"{kind}_FIELD".upper(): kept}
    assert type(record[f"{kind}_FIELD".upper()]) is type(kept)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("int", True),
        ("int", 2**31),
        ("int", 1.0),
        ("int", "one"),
        ("long", 2**63),
        ("float", "nan"),
        ("float", False),
        ("double", []),
        ("double", "1e999"),
        ("double", 10**400),
        ("float", 1e39),
        ("boolean", 1),
        ("boolean", "yes"),
        ("string", 12),
        ("string", {"a": 1}),
    ],
    ids=lambda value: str(value)[:10],
)
def test_a_value_that_does_not_fit_is_named_with_its_type(kind, value):
    with pytest.raises(InvalidInput, match=f"{kind}Field must be of type {kind}"):
        properties.record({f"{kind}Field": value}, SCHEMA, {"ITEM_ID": "i1"})


@pytest.mark.parametrize("text", ["", "{", "[]", "1", '{"a": NaN}'])
def test_what_is_no_json_object_is_refused_in_amazons_words(text):
    with pytest.raises(InvalidInput, match=r"^Error parsing properties json$"):
        properties.parse(text)
