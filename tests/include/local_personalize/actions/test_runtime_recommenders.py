"""Recommenders asked in real time: what a use case requires, and what it leaves out by itself."""

import pytest

from tests.include.local_personalize.shop import schema_text

USERS, VIDEOS, EACH = 120, 30, 10
START = 1_600_000_000


def watched(user):
    """Videos of one colour, ten of its fifteen."""
    return [f"i{2 * ((user // 2 + step) % (VIDEOS // 2)) + user % 2}" for step in range(EACH)]


@pytest.fixture(scope="module")
def recommender(shop):
    """Makes recommenders of one group of users who watched videos, by use case."""
    group = shop.api.create_dataset_group(name=shop.name("videos"), domain="VIDEO_ON_DEMAND")["datasetGroupArn"]
    shop.settled("dataset_group", group)
    text = schema_text("Interactions")
    schema = shop.api.create_schema(name=shop.name("schema"), schema=text, domain="VIDEO_ON_DEMAND")["schemaArn"]
    request = {"name": shop.name("dataset"), "datasetGroupArn": group, "datasetType": "Interactions"}
    dataset = shop.api.create_dataset(schemaArn=schema, **request)["datasetArn"]
    shop.settled("dataset", dataset)
    lines = ["USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP"]
    for user in range(USERS):
        lines += [f"u{user},{item},Watch,{START + 1_000 * step + user}" for step, item in enumerate(watched(user))]
    assert shop.import_lines(dataset, lines)["status"] == "ACTIVE"

    def recommender(use_case):
        recipe = f"arn:aws:personalize:::recipe/{use_case}"
        request = {"name": shop.name("recommender"), "datasetGroupArn": group, "recipeArn": recipe}
        arn = shop.api.create_recommender(**request)["recommenderArn"]
        assert shop.settled("recommender", arn)["status"] == "ACTIVE"
        return arn

    return recommender


@pytest.fixture(scope="module")
def top_picks(recommender):
    return recommender("aws-vod-top-picks")


@pytest.fixture(scope="module")
def because(recommender):
    return recommender("aws-vod-because-you-watched-x")


def ids(shop, arn, **members):
    answer = shop.runtime.get_recommendations(recommenderArn=arn, numResults=30, **members)
    return {item["itemId"] for item in answer["itemList"]}


def test_what_the_user_has_watched_is_left_out(shop, top_picks, because):
    for user in (0, 1):
        assert ids(shop, top_picks, userId=f"u{user}")
        assert not ids(shop, top_picks, userId=f"u{user}") & set(watched(user))
        assert not ids(shop, because, userId=f"u{user}", itemId="i8") & {*watched(user), "i8"}


def test_a_filter_of_the_caller_comes_on_top(shop, top_picks):
    group = shop.describe("recommender", top_picks)["datasetGroupArn"]
    request = {"name": shop.name("filter"), "datasetGroupArn": group}
    expression = 'INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch")'
    arn = shop.api.create_filter(filterExpression=expression, **request)["filterArn"]
    shop.settled("filter", arn)
    assert ids(shop, top_picks, userId="u1", filterArn=arn) == set()


@pytest.mark.parametrize("members", [{}, {"userId": "u1"}, {"itemId": "i1"}])
def test_both_user_and_item_are_required(shop, because, members):
    with pytest.raises(shop.runtime.exceptions.InvalidInputException):
        ids(shop, because, **members)


def test_an_item_is_not_used_by_top_picks(shop, top_picks):
    with pytest.raises(shop.runtime.exceptions.InvalidInputException):
        ids(shop, top_picks, userId="u1", itemId="i1")
    with pytest.raises(shop.runtime.exceptions.InvalidInputException):
        shop.runtime.get_recommendations(recommenderArn=top_picks, campaignArn=shop.missing("campaign"), userId="u1")
