"""Dataset groups, and with them what all kinds share: names, paging, tags at creation, deletion order."""

import pytest


def test_a_group_is_active_at_once_without_delays(shop):
    name = shop.name("group")
    arn = shop.api.create_dataset_group(name=name, domain="ECOMMERCE")["datasetGroupArn"]
    assert arn == f"arn:aws:personalize:us-east-1:123456789012:dataset-group/{name}"
    group = shop.describe("dataset_group", arn)
    assert (group["name"], group["status"], group["domain"]) == (name, "ACTIVE", "ECOMMERCE")


def test_the_region_is_the_one_of_the_signature(shop):
    paris = shop.server.client("personalize", region="eu-west-3")
    arn = paris.create_dataset_group(name=shop.name("group"))["datasetGroupArn"]
    assert arn.split(":")[3] == "eu-west-3"
    assert [group["datasetGroupArn"] for group in paris.list_dataset_groups()["datasetGroups"]] == [arn]


def test_a_name_is_taken_once(shop):
    name = shop.name("group")
    arn = shop.api.create_dataset_group(name=name)["datasetGroupArn"]
    with pytest.raises(shop.api.exceptions.ResourceAlreadyExistsException) as error:
        shop.api.create_dataset_group(name=name)
    assert error.value.response["Error"]["Message"] == f"Another resource with Arn {arn} already exists."
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize("refused", ["-begins-with-a-dash", "has space", "a" * 64, "a\n"])
def test_names_that_botocore_lets_through_are_refused(shop, refused):
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        shop.api.create_dataset_group(name=refused)


def test_paging_meets_every_group_once(shop):
    made = [shop.group() for _ in range(5)]
    pages = shop.api.get_paginator("list_dataset_groups").paginate(PaginationConfig={"PageSize": 2})
    listed = [[group["datasetGroupArn"] for group in page["datasetGroups"]] for page in pages]
    assert all(len(page) == 2 for page in listed[:-1])
    flat = [arn for page in listed for arn in page]
    assert len(flat) == len(set(flat))
    assert [arn for arn in flat if arn in made] == made


def test_a_foreign_next_token_is_refused(shop):
    for token in ["nonsense", "MTIzfGxpc3Rfc2NoZW1hc3w="]:  # the second is a well-formed one of ListSchemas
        with pytest.raises(shop.api.exceptions.InvalidNextTokenException):
            shop.api.list_dataset_groups(nextToken=token)


def test_an_unknown_group_is_not_found(shop):
    arn = "arn:aws:personalize:us-east-1:123456789012:dataset-group/none"
    for operation in (shop.api.describe_dataset_group, shop.api.delete_dataset_group):
        with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
            operation(datasetGroupArn=arn)


def test_a_group_goes_only_when_it_is_empty(shop):
    group = shop.group()
    dataset = shop.dataset(group, "Interactions")
    with pytest.raises(shop.api.exceptions.ResourceInUseException):
        shop.api.delete_dataset_group(datasetGroupArn=group)
    shop.api.delete_dataset(datasetArn=dataset)
    shop.api.delete_dataset_group(datasetGroupArn=group)
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        shop.describe("dataset_group", group)
    name = group.rsplit("/", 1)[-1]
    assert shop.api.create_dataset_group(name=name)["datasetGroupArn"] == group
