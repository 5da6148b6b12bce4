"""Regions: each signature's own, with resources of its own."""


def test_the_region_is_the_one_of_the_signature(shop):
    paris = shop.server.client("personalize", region="eu-west-3")
    arn = paris.create_dataset_group(name=shop.name("group"))["datasetGroupArn"]
    assert arn.split(":")[3] == "eu-west-3"
    assert [group["datasetGroupArn"] for group in paris.list_dataset_groups()["datasetGroups"]] == [arn]
