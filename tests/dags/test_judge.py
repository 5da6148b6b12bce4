"""The task that judges, with real servers of S3 and Personalize: its record, the version's tags, how it fails."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException
from airflow.sdk.execution_time.context import set_current_context

from include.config import Gate
from include.training import history
from tests.dags.promotions import PromotedShop
from tests.waiting import until


@pytest.fixture
def judge(airflow_database: None, promoted: PromotedShop) -> Callable[..., dict[str, Any]]:  # noqa: ARG001 - DAGs
    """Judges a version by a gate; gives what the task returned, and fills `pushed` with its other XComs."""
    from dags.train_solutions import train_solutions  # noqa: PLC0415 - it reads the settings

    def judge(
        version: str, gate: Gate | None = None, popularity: str | None = None, pushed: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        solution = promoted.solution.model_copy(update={"gate": gate or promoted.solution.gate})
        task = train_solutions(promoted.group.model_copy(update={"solutions": [solution]})).get_task(
            f"{solution.name}.judge"
        )
        xcoms = {} if pushed is None else pushed
        ti = SimpleNamespace(xcom_push=lambda key, value: xcoms.update({key: value}))
        with set_current_context({"ti": ti}):
            return task.python_callable(version, popularity)

    return judge


def record(promoted: PromotedShop, version: str) -> dict[str, Any]:
    found = history.verdict(promoted.s3, promoted.group.storage, promoted.solution.name, version)
    assert found is not None
    return found


def tags(promoted: PromotedShop, version: str) -> dict[str, str]:
    found = promoted.shop.api.list_tags_for_resource(resourceArn=version)["tags"]
    return {tag["tagKey"]: tag["tagValue"] for tag in found}


def test_versions_meet_the_champion_that_served_when_they_were_judged(
    promoted: PromotedShop, judge: Callable[..., dict[str, Any]]
) -> None:
    pushed: dict[str, Any] = {}
    first = judge(promoted.sound)
    api, name = promoted.shop.api, promoted.solution.campaign_name
    api.create_campaign(name=name, solutionVersionArn=promoted.sound)
    until(lambda: promoted.campaign()["status"] == "ACTIVE", "the campaign serves")
    again, update = judge(promoted.sound), judge(promoted.update)
    with pytest.raises(AirflowFailException, match=r"^Blocked: coverage is \S+, below the floor of 1.1"):
        judge(promoted.strange, Gate(floors={"coverage": 1.1}), pushed=pushed)
    asked = judge(promoted.strange, Gate(floors={"coverage": 1.1}, on_block="ask"))

    more = pushed["more"]
    assert more["subject"] == f"[airflow] {promoted.group.name}: blocked ({promoted.solution.name})"
    assert f"solution_version {promoted.strange}" in more["paragraphs"][0]
    assert more["table"].split()[0] == "metric"
    assert more["links"]["The promote form"].endswith(f"/dags/{promoted.group.name}.promote_solution_version")
    assert asked["question"]["paragraphs"][0] == asked["reason"]
    assert asked["question"]["table"] == asked["rejected"]["table"] == more["table"]
    assert [told["question"] for told in (first, again, update)] == [{}, {}, {}]
    assert [told["champion_arn"] for told in (first, again, update)] == [None, promoted.sound, promoted.sound]
    for told in (first, again):
        assert "the first version, judged by floors alone" in told["reason"]
    records = [record(promoted, version) for version in (promoted.sound, promoted.update, promoted.strange)]
    assert [each["champion_arn"] for each in records] == [None, promoted.sound, promoted.sound]
    assert [each["training_mode"] for each in records] == ["FULL", "UPDATE", "FULL"]
    assert [each["passed"] for each in records] == [True, True, False]
    assert records[2]["champion_metrics"] == records[0]["metrics"]
    assert records[2]["resolution"].startswith("About 6 test users: drops under ")  # of the 60 users imported
    told_by_tags = [
        tags(promoted, version)["verdict"] for version in (promoted.sound, promoted.update, promoted.strange)
    ]
    assert told_by_tags == ["passed", "passed", "blocked"]


def test_a_version_that_does_not_beat_what_is_popular_is_blocked(
    promoted: PromotedShop, judge: Callable[..., dict[str, Any]]
) -> None:
    shop = promoted.shop
    group = shop.describe("solution", promoted.sound.rpartition("/")[0])["datasetGroupArn"]
    popularity = shop.version(shop.solution(group, "aws-popularity-count"))
    lenient, strict = (
        Gate(compare=("mean_reciprocal_rank_at_25",), coverage_collapse=None, beats_popularity=times)
        for times in (0.0001, 1_000)
    )

    told = judge(promoted.strange, lenient, popularity)
    found = record(promoted, promoted.strange)["popularity_metrics"]
    with pytest.raises(AirflowFailException, match="less than 1000 times that of aws-popularity-count"):
        judge(promoted.strange, strict, popularity)

    assert told["reason"].startswith("Passed")
    metrics = shop.api.get_solution_metrics(solutionVersionArn=popularity)["metrics"]
    assert found == metrics
