"""Tags, given at creation and later."""

import pytest


def tag(key, value="1"):
    return {"tagKey": key, "tagValue": value}


def test_tags_are_added_overwritten_and_removed(shop):
    arn = shop.api.create_dataset_group(name=shop.name("group"), tags=[tag("team", "mail")])["datasetGroupArn"]
    shop.settled("dataset_group", arn)
    shop.api.tag_resource(resourceArn=arn, tags=[tag("team", "app"), tag("stage")])
    assert shop.api.list_tags_for_resource(resourceArn=arn)["tags"] == [tag("stage"), tag("team", "app")]
    shop.api.untag_resource(resourceArn=arn, tagKeys=["stage", "absent"])
    assert shop.api.list_tags_for_resource(resourceArn=arn)["tags"] == [tag("team", "app")]


def test_fifty_tags_and_no_more(shop):
    arn = shop.group()
    shop.api.tag_resource(resourceArn=arn, tags=[tag(f"key{number}") for number in range(50)])
    with pytest.raises(shop.api.exceptions.TooManyTagsException):
        shop.api.tag_resource(resourceArn=arn, tags=[tag("one more")])
    assert len(shop.api.list_tags_for_resource(resourceArn=arn)["tags"]) == 50


@pytest.mark.parametrize(
    "tags", [[tag("aws:mine")], [tag("twice"), tag("twice")], [tag("bang!")], [tag("k", "v" * 257)]]
)
def test_tags_that_amazon_refuses(shop, tags):
    name = shop.name("group")
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        shop.api.create_dataset_group(name=name, tags=tags)
    assert shop.api.create_dataset_group(name=name), "the refused create has left nothing behind"


def test_schemas_have_no_tags_and_unknown_resources_neither(shop):
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        shop.api.list_tags_for_resource(resourceArn=shop.schema("Users"))
    missing = shop.missing("filter")
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        shop.api.list_tags_for_resource(resourceArn=missing)
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        shop.api.untag_resource(resourceArn=missing, tagKeys=["team"])
