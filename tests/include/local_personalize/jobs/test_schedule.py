"""Automatic training, automatic updates and campaigns that follow, on a clock that the tests set."""

import pytest

from tests.include.local_personalize.shop import ROLE, checkerboard, schema_text
from tests.waiting import until

HOUR = 1 / 24


class Weeks:
    """A shop with data and a clock; times are in days from its beginning."""

    def __init__(self, shop):
        self.shop = shop
        self.group = shop.group()
        self.interactions = shop.dataset(self.group, "Interactions")
        self.items = shop.dataset(self.group, "Items")
        assert shop.import_lines(self.interactions, checkerboard())["status"] == "ACTIVE"

    def solution(self, days, **members):
        config = {"autoTrainingConfig": {"schedulingExpression": f"rate({days} day{'s' if days > 1 else ''})"}}
        return self.shop.api.create_solution(
            name=self.shop.name("solution"),
            datasetGroupArn=self.group,
            recipeArn="arn:aws:personalize:::recipe/aws-user-personalization",
            solutionConfig=config,
            **members,
        )["solutionArn"]

    def at(self, days):
        """Set the clock; what is due has begun when this returns."""
        assert self.shop.server.http("PUT", "/_local/clock", json={"offset_days": days}).status_code == 200

    def versions(self, solution):
        """The kinds of training of all versions, once they are settled."""
        listed = self.shop.api.list_solution_versions(solutionArn=solution)["solutionVersions"]
        assert all(
            self.shop.settled("solution_version", one["solutionVersionArn"])["status"] == "ACTIVE" for one in listed
        )
        return [one["trainingType"] for one in listed]

    def latest(self, solution):
        return self.shop.describe("solution", solution)["latestSolutionVersion"]["solutionVersionArn"]

    def new_events(self, start):
        job = self.shop.import_lines(self.interactions, checkerboard(start=start), "INCREMENTAL")
        assert job["status"] == "ACTIVE"


@pytest.fixture
def weeks(own_server, shop_of):
    return Weeks(shop_of(own_server("--workers", "1")))


def test_training_starts_by_itself_once_a_slot_and_only_for_new_interactions(weeks):
    solution = weeks.solution(2)
    weeks.at(0.5 * HOUR)
    assert weeks.versions(solution) == []
    weeks.at(1.1 * HOUR)
    assert weeks.versions(solution) == ["AUTOMATIC"]
    weeks.at(3)
    assert weeks.versions(solution) == ["AUTOMATIC"], "nothing new has come"
    weeks.new_events(1_610_000_000)
    weeks.at(3.5)
    assert weeks.versions(solution) == ["AUTOMATIC"], "the slot of day 2 is taken"
    weeks.at(4.2)
    assert weeks.versions(solution) == ["AUTOMATIC"] * 2
    weeks.shop.server.end(kill=True)
    weeks.shop.server.start()
    weeks.new_events(1_620_000_000)
    weeks.at(4.3)
    assert weeks.versions(solution) == ["AUTOMATIC"] * 2
    weeks.at(40)
    weeks.at(40.1)
    assert weeks.versions(solution) == ["AUTOMATIC"] * 3, "slots that the clock jumped over are one"


def test_a_version_made_by_hand_takes_the_first_slot_and_sets_the_clock_of_the_next(weeks):
    solution = weeks.solution(1)
    weeks.at(0.5 * HOUR)
    weeks.shop.version(solution)
    weeks.new_events(1_610_000_000)
    weeks.at(2 * HOUR)
    assert weeks.versions(solution) == ["MANUAL"]
    weeks.at(1.1)
    assert weeks.versions(solution) == ["MANUAL", "AUTOMATIC"]


def test_switched_off_it_trains_nothing_until_it_is_switched_on(weeks):
    solution = weeks.solution(1, performAutoTraining=False)
    weeks.at(3)
    assert weeks.versions(solution) == []
    weeks.shop.api.update_solution(solutionArn=solution, performAutoTraining=True)
    weeks.at(5)
    assert weeks.versions(solution) == ["AUTOMATIC"]


def test_a_campaign_on_the_latest_version_follows_it(weeks):
    shop = weeks.shop
    solution = weeks.solution(1)
    first = shop.version(solution)
    campaign = shop.campaign(f"{solution}/$LATEST", syncWithLatestSolutionVersion=True)
    assert shop.describe("campaign", campaign)["solutionVersionArn"] == first
    second = shop.version(solution)
    weeks.at(0.01)
    found = shop.describe("campaign", campaign)
    assert found["solutionVersionArn"] == found["latestCampaignUpdate"]["solutionVersionArn"] == second
    weeks.new_events(1_610_000_000)
    weeks.at(1.1)
    third = weeks.latest(solution)
    assert weeks.versions(solution)[-1] == "AUTOMATIC"
    until(lambda: shop.describe("campaign", campaign)["solutionVersionArn"] == third, "the campaign follows by itself")


def recommended(shop, campaign):
    answer = shop.runtime.get_recommendations(campaignArn=campaign, userId="u1", numResults=10)
    return {item["itemId"] for item in answer["itemList"]}


def test_every_two_hours_new_items_join_the_served_version(weeks):
    shop = weeks.shop
    solution = shop.solution(weeks.group)
    version = shop.version(solution)
    campaign = shop.campaign(version, itemExplorationConfig={"explorationWeight": "1"})
    metrics = shop.api.get_solution_metrics(solutionVersionArn=version)["metrics"]
    described = shop.describe("solution_version", version)
    assert "novelty" not in recommended(shop, campaign)
    lines = ["ITEM_ID,GENRES,CREATION_TIMESTAMP", "novelty,Drama,1600020000"]
    assert shop.import_lines(weeks.items, lines)["status"] == "ACTIVE"
    weeks.at(1 * HOUR)
    assert "novelty" not in recommended(shop, campaign)
    weeks.at(2.1 * HOUR)
    until(lambda: "novelty" in recommended(shop, campaign), "the update has brought the new item")
    assert shop.describe("solution_version", version) == described
    assert shop.api.get_solution_metrics(solutionVersionArn=version)["metrics"] == metrics
    assert len(shop.api.list_solution_versions(solutionArn=solution)["solutionVersions"]) == 1


def test_an_update_by_hand_ends_the_automatic_ones(weeks):
    shop = weeks.shop
    solution = shop.solution(weeks.group)
    full = shop.version(solution)
    shop.version(solution, "UPDATE")
    campaign = shop.campaign(full, itemExplorationConfig={"explorationWeight": "1"})
    lines = ["ITEM_ID,GENRES,CREATION_TIMESTAMP", "novelty,Drama,1600020000"]
    assert shop.import_lines(weeks.items, lines)["status"] == "ACTIVE"
    weeks.at(5 * HOUR)
    weeks.new_events(1_610_000_000)  # with one worker, whatever had begun before is done after this import
    assert "novelty" not in recommended(shop, campaign)


def test_a_batch_job_on_the_latest_version_has_what_is_new_by_then(weeks, s3, bucket):
    shop = weeks.shop
    solution = shop.solution(weeks.group)
    version = shop.version(solution)
    lines = ["ITEM_ID,GENRES,CREATION_TIMESTAMP", "novelty,Drama,1600020000"]
    assert shop.import_lines(weeks.items, lines)["status"] == "ACTIVE"
    s3.put_object(Bucket=bucket, Key="users.json", Body=b'{"userId":"u1"}\n')
    job = shop.api.create_batch_inference_job(
        jobName=shop.name("batch"),
        solutionVersionArn=version,
        roleArn=ROLE,
        jobInput={"s3DataSource": {"path": f"s3://{bucket}/users.json"}},
        jobOutput={"s3DataDestination": {"path": f"s3://{bucket}/out/"}},
        batchInferenceJobConfig={"itemExplorationConfig": {"explorationWeight": "1"}},
    )["batchInferenceJobArn"]
    assert shop.settled("batch_inference_job", job)["status"] == "ACTIVE"
    written = s3.get_object(Bucket=bucket, Key="out/users.json.out")["Body"].read().decode()
    assert "novelty" in written
    assert len(shop.api.list_solution_versions(solutionArn=solution)["solutionVersions"]) == 1


def test_a_recommender_is_kept_fresh(own_server, shop_of):
    shop = shop_of(own_server("--workers", "1"))
    group = shop.api.create_dataset_group(name="cinema", domain="VIDEO_ON_DEMAND")["datasetGroupArn"]
    datasets = {}
    for kind in ("Interactions", "Items"):
        schema = shop.api.create_schema(name=kind, schema=schema_text(kind), domain="VIDEO_ON_DEMAND")["schemaArn"]
        request = {"name": kind, "datasetGroupArn": group, "datasetType": kind, "schemaArn": schema}
        datasets[kind] = shop.api.create_dataset(**request)["datasetArn"]
    assert shop.import_lines(datasets["Interactions"], checkerboard())["status"] == "ACTIVE"
    recipe = "arn:aws:personalize:::recipe/aws-vod-top-picks"
    config = {"itemExplorationConfig": {"explorationWeight": "1"}}
    recommender = shop.api.create_recommender(
        name="picks", datasetGroupArn=group, recipeArn=recipe, recommenderConfig=config
    )["recommenderArn"]
    assert shop.settled("recommender", recommender)["status"] == "ACTIVE"
    metrics = shop.describe("recommender", recommender)["modelMetrics"]
    lines = ["ITEM_ID,GENRES,CREATION_TIMESTAMP", "novelty,Drama,1600020000"]
    assert shop.import_lines(datasets["Items"], lines)["status"] == "ACTIVE"

    def recommended():
        answer = shop.runtime.get_recommendations(recommenderArn=recommender, userId="u1", numResults=10)
        return {item["itemId"] for item in answer["itemList"]}

    assert "novelty" not in recommended()
    shop.server.http("PUT", "/_local/clock", json={"offset_days": 2.1 * HOUR})
    until(lambda: "novelty" in recommended(), "the two-hourly update has brought the new item")
    assert shop.describe("recommender", recommender)["modelMetrics"] == metrics
    again = checkerboard(users=60, items=20, start=1_610_000_000)
    assert shop.import_lines(datasets["Interactions"], again)["status"] == "ACTIVE"
    shop.server.http("PUT", "/_local/clock", json={"offset_days": 7.1})
    until(lambda: shop.describe("recommender", recommender)["modelMetrics"] != metrics, "the weekly retraining is done")
