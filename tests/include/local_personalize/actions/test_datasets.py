"""Datasets: one of each type in a group, and the order in which they may go."""

import pytest


def test_the_arn_holds_group_and_type(shop):
    group = shop.group()
    arn = shop.dataset(group, "Interactions")
    assert arn == group.replace("dataset-group/", "dataset/") + "/INTERACTIONS"
    assert shop.describe("dataset", arn)["status"] == "ACTIVE"
    assert [found["datasetArn"] for found in shop.api.list_datasets(datasetGroupArn=group)["datasets"]] == [arn]


def test_one_dataset_of_each_type(shop):
    group = shop.group()
    shop.dataset(group, "Items")
    with pytest.raises(shop.api.exceptions.ResourceAlreadyExistsException):
        shop.dataset(group, "Items")


def test_schema_and_type_have_to_agree(shop):
    request = {"name": shop.name("dataset"), "datasetGroupArn": shop.group(), "schemaArn": shop.schema("Items")}
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        shop.api.create_dataset(datasetType="Users", **request)
    assert shop.api.create_dataset(datasetType="iTEMS", **request)["datasetArn"].endswith("/ITEMS")


def test_what_a_dataset_needs_has_to_exist(shop):
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        shop.dataset(shop.missing("dataset-group"), "Items")


def test_a_dataset_behind_a_campaign_stays(shop, trained):
    campaign = shop.campaign(trained.version)
    with pytest.raises(shop.api.exceptions.ResourceInUseException):
        shop.api.delete_dataset(datasetArn=trained.interactions)
    shop.remove("campaign", campaign)
