"""Filters as resources. What each expression leaves is in ../filters, their use in test_runtime.py."""

import pytest

from tests.include.local_personalize.cinema import FIELDS


@pytest.fixture(scope="module")
def group(shop):
    group = shop.group()
    for kind in ("Interactions", "Items"):
        shop.dataset(group, kind, FIELDS[kind])
    return group


@pytest.fixture
def create(shop, group):
    def create(expression='EXCLUDE ItemID WHERE Interactions.event_type IN ("Buy")', **members):
        request = {"name": shop.name("filter"), "datasetGroupArn": group, "filterExpression": expression}
        return shop.api.create_filter(**request | members)["filterArn"]

    return create


def test_a_filter_is_described_listed_and_deleted(shop, group, create):
    name, expression = (
        shop.name("filter"),
        'INCLUDE ItemID WHERE Items.genres IN ($GENRES) | EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")',
    )
    arn = create(expression, name=name, tags=[{"tagKey": "team", "tagValue": "shop"}])
    assert arn.endswith(f":filter/{name}")
    found = shop.settled("filter", arn)
    assert (found["status"], found["name"], found["datasetGroupArn"]) == ("ACTIVE", name, group)
    assert found["filterExpression"] == expression
    listed = {one["filterArn"]: one for one in shop.api.list_filters(datasetGroupArn=group)["Filters"]}
    assert listed[arn]["status"] == "ACTIVE"
    assert "filterExpression" not in listed[arn]
    with pytest.raises(shop.api.exceptions.ResourceAlreadyExistsException):
        create(name=name)
    shop.remove("filter", arn)
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        shop.describe("filter", arn)


@pytest.mark.parametrize(
    "expression",
    [
        "EXCLUDE everything",
        "EXCLUDE ItemID WHERE Items.GENRES NOT IN ($GENRES)",
        'EXCLUDE ItemID WHERE Items.IN_STOCK IN ("true")',
        'EXCLUDE ItemID WHERE Items.STORY IN ("A comedy of robots")',
        'EXCLUDE ItemID WHERE Items.NO_SUCH_FIELD IN ("x")',
        'EXCLUDE ItemID WHERE Items.GENRES IN ("white") AND Interactions.EVENT_TYPE IN ("Buy")',
        'EXCLUDE ItemID WHERE Items.GENRES IN ("white") IF Items.YEAR > 2000',
        f'EXCLUDE ItemID WHERE Items.GENRES IN ("{"x" * 2_500}")',
    ],
)
def test_expressions_that_amazon_refuses(shop, create, expression):
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        create(expression)


def test_a_group_that_is_not_there_has_no_filters(shop, create):
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        create(datasetGroupArn=shop.missing("dataset-group"))
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        shop.api.delete_filter(filterArn=shop.missing("filter"))
    with pytest.raises(shop.api.exceptions.InvalidNextTokenException):
        shop.api.list_filters(nextToken="none")


def test_filters_of_a_group_read_twenty_fields_at_most(shop):
    group = shop.group()
    fields = [("ITEM_ID", "string"), *((f"FIELD{at}", "int") for at in range(21))]
    shop.dataset(group, "Items", fields)

    def create(numbers):
        tests = " AND ".join(f"Items.FIELD{at} > 0" for at in numbers)
        request = {"name": shop.name("filter"), "datasetGroupArn": group}
        return shop.api.create_filter(filterExpression=f"EXCLUDE ItemID WHERE {tests}", **request)["filterArn"]

    with pytest.raises(shop.api.exceptions.InvalidInputException):
        create(range(11))
    create(range(10))
    create(range(10, 20))
    create(range(5, 15))
    with pytest.raises(shop.api.exceptions.LimitExceededException):
        create([20])
