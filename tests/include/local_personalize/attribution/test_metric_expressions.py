"""Expressions of metrics, read by the grammar."""

import pytest

from include.local_personalize.attribution.metric_expressions import Expression, parse
from include.local_personalize.datasets import avro_schema
from include.local_personalize.errors import InvalidInput
from tests.include.local_personalize.shop import schema_text

ITEMS = [("ITEM_ID", "string"), ("Items", ["null", "double"]), ("GENRES", "string")]
SCHEMAS = {"ITEMS": avro_schema.parse(schema_text("Items", ITEMS))}


@pytest.mark.parametrize("text", ["SAMPLECOUNT()", "samplecount( )", " SampleCount ()"])
def test_a_count_counts(text):
    assert parse(text, SCHEMAS) == Expression("samplecount")


@pytest.mark.parametrize("text", ["SUM(Items.Items)", "sum( items . Items )"])
def test_a_sum_adds_a_column_up(text):
    assert parse(text, SCHEMAS) == Expression("sum", "ITEMS", "Items")


@pytest.mark.parametrize(
    "text", ["", "SUM", "SUM()", "SUM(Items)", "SUM(Items.)", "SAMPLECOUNT(1)", "SUM(Items.Items)+1"]
)
def test_what_is_no_expression_is_refused_with_those_that_are(text):
    with pytest.raises(InvalidInput, match=r"is not understood; write SUM\(Items.COLUMN\)"):
        parse(text, SCHEMAS)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("SUM(Items.PRICE)", "no ITEMS with PRICE"),
        ("SUM(Interactions.PRICE)", "no INTERACTIONS with PRICE"),
        ("SUM(Items.GENRES)", "GENRES is of type string"),
    ],
)
def test_a_column_has_to_be_there_and_be_a_number(text, reason):
    with pytest.raises(InvalidInput, match=reason):
        parse(text, SCHEMAS)
