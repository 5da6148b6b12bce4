"""Updates while they last, on a clock that the tests set: what holds meanwhile, and what is refused."""

import pytest

from tests.include.local_personalize.shop import checkerboard, schema_text
from tests.waiting import until

HOUR = 1 / 24
ITEMS = [("ITEM_ID", "string"), ("GENRES", "string")]
LARGER = [*ITEMS, ("PRICE", ["null", "float"])]


@pytest.fixture
def slow(own_server, shop_of):
    """A shop in which, once told so, every state lasts an hour."""
    return shop_of(own_server())


def slow_down(shop):
    shop.server.http("PUT", "/_local/delays", json={"pending_seconds": 3_600, "in_progress_seconds": 3_600})


def at(shop, days):
    assert shop.server.http("PUT", "/_local/clock", json={"offset_days": days}).status_code == 200


def test_a_dataset_is_not_to_be_used_while_its_schema_changes(slow):
    group = slow.group()
    dataset = slow.dataset(group, "Items", ITEMS)
    larger = slow.schema("Items", LARGER)
    slow_down(slow)
    slow.api.update_dataset(datasetArn=dataset, schemaArn=larger)

    def states():
        found = slow.describe("dataset", dataset)
        return found["status"], found["latestDatasetUpdate"]["status"]

    assert states() == ("UPDATE PENDING",) * 2
    for premature in (
        lambda: slow.start_import(dataset, "s3://shop/none"),
        lambda: slow.api.update_dataset(datasetArn=dataset, schemaArn=larger),
        lambda: slow.api.delete_dataset(datasetArn=dataset),
        lambda: slow.api.delete_schema(schemaArn=larger),
    ):
        with pytest.raises(slow.api.exceptions.ResourceInUseException):
            premature()
    at(slow, 1.5 * HOUR)
    assert states() == ("UPDATE IN_PROGRESS",) * 2
    at(slow, 3 * HOUR)
    assert states() == ("ACTIVE",) * 2


def test_older_solutions_do_not_train_on_newer_columns(slow):
    group = slow.group()
    dataset = slow.dataset(group, "Items", ITEMS)
    excluding = {"trainingDataConfig": {"excludedDatasetColumns": {"Items": ["GENRES"]}}}
    including = {"trainingDataConfig": {"includedDatasetColumns": {"Items": ["GENRES"]}}}
    old, narrow, chosen = (
        slow.solution(group),
        *(slow.solution(group, solutionConfig=c) for c in (excluding, including)),
    )
    slow.api.update_dataset(datasetArn=dataset, schemaArn=slow.schema("Items", LARGER))
    new = slow.solution(group)

    def trained_on(solution):
        version = slow.describe("solution_version", slow.start_version(solution))
        return version.get("solutionConfig", {}).get("trainingDataConfig")

    assert trained_on(old) == {"excludedDatasetColumns": {"ITEMS": ["PRICE"]}}
    assert trained_on(narrow) == {"excludedDatasetColumns": {"ITEMS": ["GENRES", "PRICE"]}}
    assert trained_on(chosen) == including["trainingDataConfig"]
    assert trained_on(new) is None


def test_a_solution_keeps_its_ways_until_the_update_is_active(slow):
    solution = slow.solution(slow.group())
    slow_down(slow)
    slow.api.update_solution(solutionArn=solution, performAutoTraining=True)

    def states():
        found = slow.describe("solution", solution)
        return found["latestSolutionUpdate"]["status"], found["performAutoTraining"], found["status"]

    assert states() == ("CREATE PENDING", False, "ACTIVE")
    for premature in (slow.api.update_solution, slow.api.delete_solution):
        members = {"performAutoTraining": True} if premature == slow.api.update_solution else {}
        with pytest.raises(slow.api.exceptions.ResourceInUseException):
            premature(solutionArn=solution, **members)
    at(slow, 3 * HOUR)
    assert states() == ("ACTIVE", True, "ACTIVE")


@pytest.fixture
def recommender(slow):
    group = slow.api.create_dataset_group(name="cinema", domain="VIDEO_ON_DEMAND")["datasetGroupArn"]
    for kind, fields in (
        (
            "Interactions",
            [("USER_ID", "string"), ("ITEM_ID", "string"), ("EVENT_TYPE", "string"), ("TIMESTAMP", "long")],
        ),
        ("Items", [("ITEM_ID", "string"), ("GENRES", "string"), ("CREATION_TIMESTAMP", "long")]),
    ):
        schema = slow.api.create_schema(name=kind, schema=schema_text(kind, fields), domain="VIDEO_ON_DEMAND")
        dataset = slow.api.create_dataset(
            name=kind, datasetGroupArn=group, datasetType=kind, schemaArn=schema["schemaArn"]
        )["datasetArn"]
        if kind == "Interactions":
            assert slow.import_lines(dataset, checkerboard())["status"] == "ACTIVE"
    recipe = "arn:aws:personalize:::recipe/aws-vod-top-picks"
    arn = slow.api.create_recommender(name="picks", datasetGroupArn=group, recipeArn=recipe)["recommenderArn"]
    assert slow.settled("recommender", arn)["status"] == "ACTIVE"
    return arn


def test_a_recommender_stops_starts_and_goes_through_states(slow, recommender):
    slow_down(slow)

    def states(*days):
        for day in days:
            at(slow, day * HOUR)
            yield slow.describe("recommender", recommender)["status"]

    slow.api.stop_recommender(recommenderArn=recommender)
    assert list(states(0, 1.5, 3)) == ["STOP PENDING", "STOP IN_PROGRESS", "INACTIVE"]
    slow.api.start_recommender(recommenderArn=recommender)
    assert list(states(3, 4.5, 6)) == ["START PENDING", "START IN_PROGRESS", "ACTIVE"]
    slow.api.update_recommender(recommenderArn=recommender, recommenderConfig={"minRecommendationRequestsPerSecond": 3})
    found = slow.describe("recommender", recommender)
    assert found["latestRecommenderUpdate"]["status"] == "CREATE PENDING"
    assert found["recommenderConfig"]["minRecommendationRequestsPerSecond"] == 1
    for premature in (slow.api.stop_recommender, slow.api.delete_recommender):
        with pytest.raises(slow.api.exceptions.ResourceInUseException):
            premature(recommenderArn=recommender)
    assert list(states(9)) == ["ACTIVE"]
    assert slow.describe("recommender", recommender)["recommenderConfig"]["minRecommendationRequestsPerSecond"] == 3


def test_other_columns_to_train_on_train_a_recommender_anew(slow, recommender):
    model = {path.name for path in (slow.server.data / "models").iterdir()}
    columns = {"trainingDataConfig": {"excludedDatasetColumns": {"ITEMS": ["GENRES"]}}}
    slow.api.update_recommender(recommenderArn=recommender, recommenderConfig=columns)

    def update():
        return slow.describe("recommender", recommender)["latestRecommenderUpdate"]

    until(lambda: update()["status"] == "ACTIVE", "the recommender is trained anew")
    assert {path.name for path in (slow.server.data / "models").iterdir()} > model
    assert slow.describe("recommender", recommender)["modelMetrics"]
