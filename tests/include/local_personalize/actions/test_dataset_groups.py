"""Dataset groups, and with them what all kinds share: names, paging, tags at creation, deletion order."""

import pytest


def test_a_group_is_described_as_it_was_made(shop):
    name = shop.name("group")
    arn = shop.api.create_dataset_group(name=name, domain="ECOMMERCE")["datasetGroupArn"]
    assert arn == shop.missing("dataset-group").removesuffix("none") + name
    group = shop.settled("dataset_group", arn)
    assert (group["name"], group["status"], group["domain"]) == (name, "ACTIVE", "ECOMMERCE")


def test_a_name_is_taken_once(shop):
    name = shop.name("group")
    shop.api.create_dataset_group(name=name)
    with pytest.raises(shop.api.exceptions.ResourceAlreadyExistsException) as error:
        shop.api.create_dataset_group(name=name)
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize("refused", ["-begins-with-a-dash", "has space", "a" * 64, "a\n"])
def test_names_that_botocore_lets_through_are_refused(shop, refused):
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        shop.api.create_dataset_group(name=refused)


def test_paging_meets_every_group_once(shop):
    made = [shop.group() for _ in range(3)]
    pages = shop.api.get_paginator("list_dataset_groups").paginate(PaginationConfig={"PageSize": 1})
    listed = [[group["datasetGroupArn"] for group in page["datasetGroups"]] for page in pages]
    assert all(len(page) <= 1 for page in listed)
    flat = [arn for page in listed for arn in page]
    assert len(flat) == len(set(flat))
    assert set(made) <= set(flat)


def test_a_foreign_next_token_is_refused(shop):
    with pytest.raises(shop.api.exceptions.InvalidNextTokenException):
        shop.api.list_dataset_groups(nextToken="nonsense")


def test_an_unknown_group_is_not_found(shop):
    arn = shop.missing("dataset-group")
    for operation in (shop.api.describe_dataset_group, shop.api.delete_dataset_group):
        with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
            operation(datasetGroupArn=arn)


def test_a_group_goes_only_when_it_is_empty(shop):
    group = shop.group()
    dataset = shop.dataset(group, "Interactions")
    with pytest.raises(shop.api.exceptions.ResourceInUseException):
        shop.api.delete_dataset_group(datasetGroupArn=group)
    shop.remove("dataset", dataset)
    shop.remove("dataset_group", group)
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        shop.describe("dataset_group", group)
    name = group.rsplit("/", 1)[-1]
    assert shop.api.create_dataset_group(name=name)["datasetGroupArn"] == group
