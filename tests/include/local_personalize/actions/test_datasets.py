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


ITEMS = [("ITEM_ID", "string"), ("GENRES", "string"), ("CREATION_TIMESTAMP", "long")]


def test_a_schema_may_grow(shop):
    dataset = shop.dataset(shop.group(), "Items", ITEMS)
    assert "latestDatasetUpdate" not in shop.describe("dataset", dataset)
    larger = shop.schema("Items", [*ITEMS, ("PRICE", ["null", "float"])])
    assert shop.api.update_dataset(datasetArn=dataset, schemaArn=larger)["datasetArn"] == dataset
    found = shop.settled("dataset", dataset)
    assert (found["status"], found["schemaArn"]) == ("ACTIVE", larger)
    assert (found["latestDatasetUpdate"]["status"], found["latestDatasetUpdate"]["schemaArn"]) == ("ACTIVE", larger)
    job = shop.import_lines(dataset, ["ITEM_ID,GENRES,CREATION_TIMESTAMP,PRICE", "i1,Drama,1600000000,9.5"])
    assert job["status"] == "ACTIVE"


@pytest.mark.parametrize(
    "fields",
    [
        ITEMS[:2],  # a field is missing
        [*ITEMS[:2], ("CREATION_TIMESTAMP", ["null", "long"])],  # a field is changed
        [*ITEMS, ("PRICE", "float")],  # a new field that does not allow null
    ],
)
def test_schemas_that_do_not_fit_the_old_records_are_refused(shop, fields):
    dataset = shop.dataset(shop.group(), "Items", ITEMS)
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        shop.api.update_dataset(datasetArn=dataset, schemaArn=shop.schema("Items", fields))


def test_only_items_and_users_have_schemas_that_grow(shop, trained):
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        shop.api.update_dataset(datasetArn=trained.interactions, schemaArn=shop.schema("Interactions"))
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        shop.api.update_dataset(datasetArn=shop.missing("dataset"), schemaArn=shop.schema("Items"))
