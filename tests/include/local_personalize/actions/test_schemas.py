"""Schemas: usable at once, refused where Personalize refuses them."""

import json

import pytest

from tests.include.local_personalize.shop import schema_text


def test_a_schema_is_given_back_as_it_came(shop):
    text = schema_text("Items")
    arn = shop.api.create_schema(name=shop.name("schema"), schema=text)["schemaArn"]
    schema = shop.describe("schema", arn)
    assert schema["schema"] == text
    assert "status" not in schema
    assert arn in {found["schemaArn"] for found in _all(shop)}
    shop.api.delete_schema(schemaArn=arn)
    assert arn not in {found["schemaArn"] for found in _all(shop)}


def _all(shop):
    return [schema for page in shop.api.get_paginator("list_schemas").paginate() for schema in page["schemas"]]


def test_a_schema_in_use_stays(shop):
    dataset = shop.dataset(shop.group(), "Users")
    with pytest.raises(shop.api.exceptions.ResourceInUseException):
        shop.api.delete_schema(schemaArn=shop.describe("dataset", dataset)["schemaArn"])


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ("{", "not valid JSON"),
        ("[" * 3_000, "not valid JSON"),
        ('{"type": "array"}', "Avro record"),
        (schema_text("Items").replace('"Items"', '"Things"'), "name must be"),
        (
            schema_text("Interactions", [("USER_ID", "string"), ("ITEM_ID", "string")]),
            "TIMESTAMP of type long is missing",
        ),
        (schema_text("Items", [("ITEM_ID", "string")]), "1 to 100 metadata fields are needed, 0 given"),
        (schema_text("Users", [("USER_ID", ["string", "null"]), ("AGE", "int")]), "USER_ID must not be nullable"),
        (schema_text("Users", [("USER_ID", "long"), ("AGE", "int")]), "USER_ID must be of type string"),
        (schema_text("Users", [("USER_ID", "string"), ("AGE", ["int", "string"])]), "Field AGE"),
        (schema_text("Users", [("USER_ID", "string"), ("A_GE", "int"), ("AGE", "int")]), "same name"),
        (json.dumps({"type": "record", "name": "Users", "fields": ["USER_ID"]}), "Each field"),
    ],
)
def test_a_schema_that_no_dataset_could_have_is_refused(shop, schema, message):
    with pytest.raises(shop.api.exceptions.InvalidInputException) as error:
        shop.api.create_schema(name=shop.name("schema"), schema=schema)
    assert message in error.value.response["Error"]["Message"]


def test_domains_need_more_columns(shop):
    text = schema_text("Items")
    with pytest.raises(shop.api.exceptions.InvalidInputException) as error:
        shop.api.create_schema(name=shop.name("schema"), schema=text, domain="ECOMMERCE")
    assert "PRICE of type float is missing" in error.value.response["Error"]["Message"]
    assert shop.api.create_schema(name=shop.name("schema"), schema=text, domain="VIDEO_ON_DEMAND")
