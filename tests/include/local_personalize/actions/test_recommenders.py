"""Recommenders: use cases of a domain, from training to answers, stopping and starting."""

import pytest

from tests.include.local_personalize.shop import checkerboard, schema_text

RECIPE = "arn:aws:personalize:::recipe/aws-vod-top-picks"
FEW = "arn:aws:personalize:::recipe/aws-vod-because-you-watched-x"


@pytest.fixture(scope="module")
def cinema(shop):
    """A VIDEO_ON_DEMAND group whose users have watched films of one colour, and clicked on few."""
    group = shop.api.create_dataset_group(name=shop.name("cinema"), domain="VIDEO_ON_DEMAND")["datasetGroupArn"]
    shop.settled("dataset_group", group)
    schema = shop.api.create_schema(
        name=shop.name("schema"), schema=schema_text("Interactions"), domain="VIDEO_ON_DEMAND"
    )["schemaArn"]
    dataset = shop.api.create_dataset(
        name=shop.name("dataset"), datasetGroupArn=group, datasetType="Interactions", schemaArn=schema
    )["datasetArn"]
    shop.settled("dataset", dataset)
    assert shop.import_lines(dataset, checkerboard())["status"] == "ACTIVE"
    return group


def create(shop, group, recipe=RECIPE, **config):
    request = {"name": shop.name("recommender"), "datasetGroupArn": group, "recipeArn": recipe}
    return shop.api.create_recommender(**request, **({"recommenderConfig": config} if config else {}))["recommenderArn"]


@pytest.fixture(scope="module")
def recommender(shop, cinema):
    arn = create(shop, cinema)
    assert shop.settled("recommender", arn)["status"] == "ACTIVE"
    return arn


def test_a_recommender_is_trained_measured_and_listed(shop, cinema, recommender):
    found = shop.describe("recommender", recommender)
    assert (found["recipeArn"], found["datasetGroupArn"]) == (RECIPE, cinema)
    assert found["recommenderConfig"]["minRecommendationRequestsPerSecond"] == 1
    assert "normalized_discounted_cumulative_gain_at_25" in found["modelMetrics"]
    assert "latestRecommenderUpdate" not in found
    listed = shop.api.list_recommenders(datasetGroupArn=cinema)["recommenders"]
    assert recommender in [one["recommenderArn"] for one in listed]
    with pytest.raises(shop.api.exceptions.InvalidNextTokenException):
        shop.api.list_recommenders(nextToken="nonsense")


def test_it_recommends_without_scores(shop, recommender):
    items = shop.runtime.get_recommendations(recommenderArn=recommender, userId="u1", numResults=3)["itemList"]
    assert items
    assert all(item.keys() == {"itemId"} for item in items)


def test_too_few_events_of_the_use_case_fail_with_a_reason(shop, cinema):
    failed = shop.settled("recommender", create(shop, cinema, FEW))  # the data's events are of type watch, not Watch
    assert (failed["status"], bool(failed["failureReason"])) == ("CREATE FAILED", True)
    shop.api.delete_recommender(recommenderArn=failed["recommenderArn"])


def test_stopped_it_recommends_nothing_and_started_again_it_does(shop, recommender):
    with pytest.raises(shop.api.exceptions.ResourceInUseException):
        shop.api.start_recommender(recommenderArn=recommender)
    assert shop.api.stop_recommender(recommenderArn=recommender)["recommenderArn"] == recommender
    assert shop.settled("recommender", recommender)["status"] == "INACTIVE"
    with pytest.raises(shop.runtime.exceptions.InvalidInputException):
        shop.runtime.get_recommendations(recommenderArn=recommender, userId="u1")
    with pytest.raises(shop.api.exceptions.ResourceInUseException):
        shop.api.stop_recommender(recommenderArn=recommender)
    shop.api.start_recommender(recommenderArn=recommender)
    assert shop.settled("recommender", recommender)["status"] == "ACTIVE"
    assert shop.runtime.get_recommendations(recommenderArn=recommender, userId="u1")["itemList"]


def test_an_update_shows_in_latest_recommender_update(shop, recommender):
    config = {"minRecommendationRequestsPerSecond": 2, "itemExplorationConfig": {"explorationWeight": "0"}}
    shop.api.update_recommender(recommenderArn=recommender, recommenderConfig=config)
    found = shop.describe("recommender", recommender)
    assert found["latestRecommenderUpdate"]["recommenderConfig"] == config
    assert found["status"] == "ACTIVE"
    wrong = {"itemExplorationConfig": {"explorationWeight": "much"}}
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        shop.api.update_recommender(recommenderArn=recommender, recommenderConfig=wrong)


def test_recommenders_that_cannot_be_are_refused(shop, cinema, trained):
    refused = shop.api.exceptions.InvalidInputException
    with pytest.raises(refused):
        create(shop, trained.group)  # a group without a domain
    with pytest.raises(refused):
        create(shop, cinema, "arn:aws:personalize:::recipe/aws-ecomm-recommended-for-you")
    with pytest.raises(refused):
        create(shop, cinema, "arn:aws:personalize:::recipe/aws-user-personalization")
    with pytest.raises(refused):
        create(shop, cinema, FEW, itemExplorationConfig={"explorationWeight": "0"})
    with pytest.raises(refused):
        create(shop, cinema, trainingDataConfig={"excludedDatasetColumns": {"Interactions": ["USER_ID"]}})


def test_a_deleted_recommender_is_gone_and_its_group_needs_it_gone(shop, cinema):
    arn = create(shop, cinema)
    shop.settled("recommender", arn)
    with pytest.raises(shop.api.exceptions.ResourceInUseException):
        shop.api.delete_dataset_group(datasetGroupArn=cinema)
    shop.api.delete_recommender(recommenderArn=arn)
    for operation in ("describe", "delete", "start", "stop"):
        with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
            getattr(shop.api, f"{operation}_recommender")(recommenderArn=shop.missing("recommender"))


def test_a_domain_group_has_custom_solutions_too(shop, cinema):
    assert shop.describe("solution", shop.solution(cinema))["status"] == "ACTIVE"
