"""Moves of a campaign, with real servers of S3, Personalize and mail: those that stand, and the way back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowFailException, TaskDeferred

from amazon_personalize.operators.campaign import PersonalizeDeployCampaignOperator
from dags.moves import Steps
from tests.dags.promotions import PromotedShop
from tests.dags.running import run
from tests.include.local_personalize.running import Server
from tests.waiting import until


@pytest.fixture
def calls(server: Server) -> Callable[[str], int]:
    """How often the server has done an operation."""
    return lambda operation: server.http("GET", "/_local/calls").json()["counts"].get(operation, 0)


@pytest.fixture
def faults(server: Server) -> Iterator[Callable[..., None]]:
    """Makes the service fail, until the end of the test."""
    yield lambda *rules: server.http("PUT", "/_local/faults", json=rules).raise_for_status()
    server.http("DELETE", "/_local/faults").raise_for_status()


@pytest.fixture
def dag(airflow_database: None, promoted: PromotedShop) -> DAG:  # noqa: ARG001 - runs are kept in it
    from dags.promote_solution_version import promote_solution_version  # noqa: PLC0415 - it reads the settings

    return promote_solution_version(promoted.group)


def promote(promoted: PromotedShop, dag: DAG, version: str) -> tuple[str, dict[str, str]]:
    """Promote a version by hand; the run's state and those of its tasks."""
    return run(dag, solution=promoted.solution.name, solution_version=version, reason="to see")


@dataclass
class Attempt:
    """A move, step by step, as tasks do them; a worker that is lost is a step that is done again."""

    promoted: PromotedShop
    run_key: str
    version: str

    @cached_property
    def steps(self) -> Steps:
        return Steps(self.promoted.group, self.promoted.solution.name, self.run_key)

    def note(self) -> None:
        self.steps.note(self.version, "to see")

    def deploy(self) -> None:
        self._make_serve(self.promoted.solution.campaign.create, self.version)

    def roll_back(self) -> None:
        way = self.steps.way_back()
        self._make_serve(way["campaign"], way["solution_version_arn"])

    def tell(self) -> str:
        return self.steps.tell("http://log")

    @property
    def record(self) -> dict[str, Any]:
        return next(record for record in self.promoted.records() if record["run_key"] == self.run_key)

    def _make_serve(self, campaign: dict[str, Any], version: str) -> None:
        operator = PersonalizeDeployCampaignOperator(
            task_id="deploy", dataset_group="g", request=campaign, solution_version_arn=version, waiter_delay=1
        )
        operator.execute({"ti": SimpleNamespace(xcom_push=lambda **_: None)})


@pytest.fixture
def attempt(promoted: PromotedShop, name: Callable[[str], str]) -> Callable[[str], Attempt]:
    """Moves to a version, each of another run."""
    return lambda version: Attempt(promoted, name("run"), version)


# Airflow runs a DAG in one process by starlette's own test client.
in_one_process = pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient` is deprecated")


@in_one_process
def test_the_first_version_is_promoted_and_the_way_back_skipped(promoted: PromotedShop, dag: DAG) -> None:
    state, tasks = promote(promoted, dag, promoted.sound)

    assert state == "success"
    skipped = {"find_way_back", "roll_back", "tell_roll_back"}
    assert {task for task, its in tasks.items() if its == "skipped"} == skipped
    assert {its for task, its in tasks.items() if task not in skipped} == {"success"}
    (record,) = promoted.records()
    assert (record["solution_version_arn"], record["previous_arn"]) == (promoted.sound, None)
    assert record["probe"].startswith("The probe passed: 21 answers, ")
    assert promoted.mails() == []


@in_one_process
def test_a_version_that_recommends_what_nobody_imported_is_rolled_back_and_told_once(
    promoted: PromotedShop, dag: DAG, attempt: Callable[[str], Attempt]
) -> None:
    attempt(promoted.sound).deploy()

    state, tasks = promote(promoted, dag, promoted.strange)

    assert state == "failed"
    red = {task for task, its in tasks.items() if its in ("failed", "upstream_failed")}
    assert red == {"probe", "record_promotion", "tell_roll_back"}
    assert promoted.campaign()["solutionVersionArn"] == promoted.sound
    record = promoted.records()[-1]
    assert record["rolled_back"] is True
    assert (record["solution_version_arn"], record["previous_arn"]) == (promoted.strange, promoted.sound)
    assert record["failure"].startswith("The probe failed: 21 of 21 got items that no dataset has (x")
    ((subject, body),) = promoted.mails()
    assert subject == f"[airflow] {promoted.group.name}: rolled back ({promoted.solution.name})"
    assert f"What failed: {record['failure']}" in body
    assert f"What serves now as the champion: {promoted.sound}" in body
    assert "What to do: " in body


def test_a_worker_lost_anywhere_on_the_way_and_back_comes_to_the_same_end(
    promoted: PromotedShop,
    attempt: Callable[[str], Attempt],
    faults: Callable[..., None],
    calls: Callable[[str], int],
) -> None:
    attempt(promoted.sound).deploy()
    move, updated = attempt(promoted.strange), calls("UpdateCampaign")
    for _ in range(2):
        move.note()
    for _ in range(2):
        move.deploy()
    move.note()  # it serves already, and what it served before is not forgotten
    failures = {move.steps.probe().reason.partition(":")[0] for _ in range(2)}
    faults({"fault": "slow_states", "on": "campaign", "matching": promoted.campaign_arn, "in_progress_seconds": 2.0})
    for _ in range(2):
        with pytest.raises(TaskDeferred):
            move.roll_back()
    until(lambda: promoted.campaign()["latestCampaignUpdate"]["status"] == "ACTIVE", "the campaign is back")
    for _ in range(2):
        move.roll_back()
    subjects = {move.tell() for _ in range(2)}

    assert failures == {"The probe failed"}
    assert calls("UpdateCampaign") == updated + 2  # there and back
    assert promoted.campaign()["solutionVersionArn"] == promoted.sound
    assert subjects == {f"[airflow] {promoted.group.name}: rolled back ({promoted.solution.name})"}
    assert move.record["failure"].startswith("The probe failed: 21 of 21 got items that no dataset has")
    promoted.mails()


def test_an_update_of_what_serves_is_compared_with_what_was_answered_before(
    promoted: PromotedShop, attempt: Callable[[str], Attempt]
) -> None:
    attempt(promoted.sound).deploy()
    move = attempt(promoted.update)
    move.note()
    move.deploy()

    finding = move.steps.probe()

    assert finding.passed
    assert finding.overlap is not None
    assert finding.overlap > promoted.solution.campaign.probe.min_overlap


def test_where_nothing_served_before_there_is_nothing_to_go_back_to(
    promoted: PromotedShop, attempt: Callable[[str], Attempt]
) -> None:
    promoted.shop.remove("campaign", promoted.campaign_arn)
    move = attempt(promoted.strange)
    move.note()
    move.deploy()
    assert not move.steps.probe().passed

    with pytest.raises(AirflowFailException, match="The probe failed"):
        move.roll_back()

    assert (
        move.tell()
        == f"[airflow] {promoted.group.name}: promotion failed, nothing to go back to ({promoted.solution.name})"
    )
    assert move.record["rolled_back"] is False
    ((_, body),) = promoted.mails()
    assert f"What serves now as the champion: {promoted.strange}" in body


def test_a_way_back_that_was_not_gone_is_told_loudly(promoted: PromotedShop, attempt: Callable[[str], Attempt]) -> None:
    attempt(promoted.sound).deploy()
    move = attempt(promoted.strange)
    move.note()
    move.deploy()
    move.steps.probe()
    move.steps.way_back()  # and here everything is lost

    assert move.tell() == f"[airflow] {promoted.group.name}: ROLL-BACK FAILED ({promoted.solution.name})"
    assert move.record["rolled_back"] is False
    ((_, body),) = promoted.mails()
    assert f"promote {promoted.sound} with {promoted.group.name}.promote_solution_version" in body
