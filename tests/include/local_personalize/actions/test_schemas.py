"""Schemas: usable at once, refused where Personalize refuses them."""

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
    "schema",
    [
        "{",
        '{"type": "array"}',
        schema_text("Items").replace('"Items"', '"Things"'),
        schema_text("Interactions", [("USER_ID", "string"), ("ITEM_ID", "string")]),
        schema_text("Items", [("ITEM_ID", "string")]),
        schema_text("Users", [("USER_ID", "long"), ("AGE", "int")]),
    ],
)
def test_a_schema_that_no_dataset_could_have_is_refused(shop, schema):
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        shop.api.create_schema(name=shop.name("schema"), schema=schema)


def test_domains_need_more_columns(shop):
    text = schema_text("Items")
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        shop.api.create_schema(name=shop.name("schema"), schema=text, domain="ECOMMERCE")
    assert shop.api.create_schema(name=shop.name("schema"), schema=text, domain="VIDEO_ON_DEMAND")


def test_an_unknown_schema_is_not_found(shop):
    for operation in (shop.api.describe_schema, shop.api.delete_schema):
        with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
            operation(schemaArn=shop.missing("schema"))
