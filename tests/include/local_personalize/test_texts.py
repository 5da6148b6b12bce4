"""Messages that callers may know from Amazon, or that name the remedy here."""

import json

import pytest

from tests.include.local_personalize.shop import checkerboard, schema_text


def message(error):
    return error.value.response["Error"]["Message"]


def test_a_taken_name_is_told_in_amazons_words(shop):
    arn = shop.group()
    with pytest.raises(shop.api.exceptions.ResourceAlreadyExistsException) as error:
        shop.api.create_dataset_group(name=arn.rsplit("/", 1)[-1])
    assert message(error) == f"Another resource with Arn {arn} already exists."


def test_what_holds_a_dataset_back_is_named(shop, trained):
    campaign = shop.campaign(trained.version)
    with pytest.raises(shop.api.exceptions.ResourceInUseException) as error:
        shop.api.delete_dataset(datasetArn=trained.interactions)
    assert ":campaign/" in message(error)
    shop.api.delete_campaign(campaignArn=campaign)


def test_why_there_is_no_update_is_told(shop, trained):
    with pytest.raises(shop.api.exceptions.InvalidInputException) as error:
        shop.start_version(shop.solution(trained.group), "UPDATE")
    assert "no ACTIVE version with trainingMode FULL" in message(error)
    with pytest.raises(shop.api.exceptions.InvalidInputException) as error:
        shop.start_version(shop.solution(trained.group, "aws-popularity-count"), "UPDATE")
    assert "not allowed for recipe aws-popularity-count" in message(error)


def test_too_little_data_is_told_in_amazons_words(shop):
    group = shop.group()
    lines = [f"u{number},i{number % 50},watch,{number + 1}" for number in range(1_200)]  # nobody comes back
    assert shop.import_lines(shop.dataset(group, "Interactions"), [checkerboard()[0], *lines])["status"] == "ACTIVE"
    version = shop.settled("solution_version", shop.start_version(shop.solution(group)))
    assert "fewer than 25 users with at least 2 interactions each" in version["failureReason"]


def test_a_group_without_data_is_told_so(shop):
    version = shop.settled("solution_version", shop.start_version(shop.solution(shop.group())))
    assert "no imported interactions" in version["failureReason"]


def test_a_token_of_another_operation_is_refused(shop):
    shop.schema("Users")
    shop.schema("Users")
    token = shop.api.list_schemas(maxResults=1)["nextToken"]
    with pytest.raises(shop.api.exceptions.InvalidNextTokenException):
        shop.api.list_dataset_groups(nextToken=token)


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
