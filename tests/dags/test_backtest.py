"""Versions that are held and judged, with real servers of S3, Personalize and mail, and real batch inference jobs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from airflow.sdk.execution_time.context import set_current_context

from alerts.mail import MORE
from include.config import load_file
from include.datasets.night import written
from include.datasets.night.places import NightPlaces
from include.demo.environment import Addresses
from include.s3 import Place, upload
from include.training import history
from include.training.backtest import held, questions
from include.training.backtest.held import Held
from tests.dags.promotions import MOVIES, connected
from tests.dags.running import run
from tests.include.datasets.nights import night
from tests.include.local_personalize.shop import LocalShop, checkerboard

RECIPE = "aws-popularity-count"
USERS = 150
MOVE = ("promote_at_once", "note_champion", "deploy_campaign", "probe", "record_promotion", "tell_roll_back")
ASKING = ("choose_users", "ask_champion", "ask_challenger", "hold")
# What the champion was trained on, whose items users take later; and the version after it, which knows half of them.
GOOD = checkerboard()
NEW = [line.replace(",i", ",x") if line.startswith("u") and int(line[1:].split(",")[0]) % 2 else line for line in GOOD]


class HeldShop:
    """A shop with a solution whose versions are held, and the nights that tell what its users do."""

    champion: str

    def __init__(self, shop: LocalShop, s3: Any, bucket: str, name: Callable[[str], str], folder: Path) -> None:
        self.shop, self.s3, self.folder, self.nights = shop, s3, folder, 0
        self.told: dict[str, Any] = {}  # what the mail of a failed task has beside its error
        self.group_arn = shop.group()
        self.interactions = shop.dataset(self.group_arn, "Interactions")
        self.name = name("held")
        config = yaml.safe_load(MOVIES.read_text())
        config["dataset_group"]["create"]["name"] = self.group_arn.rpartition("/")[2]
        config["storage"] = {place: f"s3://{bucket}/{place}" for place in ("incoming", "workspace", "delivery")}
        config["freshness"]["version_days"] = 13  # a week by the cadence, and five days of the backtest
        config["solutions"] = [
            {
                "recipe": RECIPE,
                "create": {"name": self.name},
                "gate": {"floors": {"coverage": 0.001}, "compare": []},
                "backtest": {"users": USERS, "least_users": 140, "create": {"numResults": 30}},
                "campaign": {"create": {"name": self.name, "minProvisionedTPS": 1}},
            }
        ]
        self.file = folder / "groups/shop.yaml"
        self.file.parent.mkdir()
        self.file.write_text(yaml.safe_dump(config))
        self.group = load_file(self.file)
        self.storage = self.group.storage

    def serve(self, lines: list[str]) -> str:
        """Make the campaign serve a version that was trained on these lines."""
        self.shop.import_lines(self.interactions, lines)
        request = {"name": self.name, "datasetGroupArn": self.group_arn, "performAutoTraining": False}
        solution = self.shop.api.create_solution(recipeArn=f"arn:aws:personalize:::recipe/{RECIPE}", **request)
        version = self.shop.version(solution["solutionArn"])
        campaign = self.shop.api.create_campaign(name=self.name, solutionVersionArn=version)["campaignArn"]
        assert self.shop.settled("campaign", campaign)["status"] == "ACTIVE"
        return version

    def record(self, users: Sequence[int], at: timedelta) -> None:
        """Record a night, due `at` from now, in which each of these users takes one of GOOD's items."""
        due = datetime.now(UTC) + at
        run_key = f"{due:%Y%m%dT%H%M%S}-1a2b3c4d"
        self.nights += 1
        rows = {
            "USER_ID": [f"u{user}" for user in users],
            "ITEM_ID": [f"i{user % 30}" for user in users],
            "TIMESTAMP": [1_700_000_000 + 1_000 * self.nights + user for user in users],
        }
        file = self.folder / f"{run_key}.parquet"
        pq.write_table(pa.table(rows), file)
        places = NightPlaces(self.storage, "interactions", run_key)
        archive = upload(self.s3, file, places.archive)
        known = {}
        for column in ("USER_ID", "ITEM_ID"):
            pq.write_table(pa.table({column: sorted({*rows[column], *(f"x{n}" for n in range(30))})}), file)
            known[column] = upload(self.s3, file, places.known(column))
        facts = {
            "run_key": run_key,
            "channel": "import",
            "rows_read": len(users),
            "rows_imported": len(users),
            "archive": archive,
            "known": known,
            "watermark": max(rows["TIMESTAMP"]),
            "recorded_at": due.isoformat(),
        }
        written.write_record(self.s3, places, night(**facts))

    def training(self) -> DAG:
        from dags.train_solutions import train_solutions  # noqa: PLC0415 - it reads the settings

        return train_solutions(self.group)

    def backtest(self) -> DAG:
        from dags.backtest_solutions import backtest_solutions  # noqa: PLC0415 - it reads the settings

        return backtest_solutions(self.group)

    def call(self, dag: DAG, task_id: str, *arguments: Any) -> Any:
        """Do what a task does, in a run that is always the same."""
        ti = SimpleNamespace(xcom_push=lambda key, value: self.told.update(value) if key == MORE else None)
        with set_current_context({"ti": ti, "dag_run": run_of(dag)}):
            return dag.get_task(f"{self.name}.{task_id}").python_callable(*arguments)

    def newest(self) -> str:
        arn = f"arn:aws:personalize:us-east-1:123456789012:solution/{self.name}"
        versions = self.shop.api.list_solution_versions(solutionArn=arn)["solutionVersions"]
        return str(max(versions, key=lambda each: each["creationDateTime"])["solutionVersionArn"])

    def serving(self) -> str:
        arn = f"arn:aws:personalize:us-east-1:123456789012:campaign/{self.name}"
        return str(self.shop.describe("campaign", arn)["solutionVersionArn"])

    def held(self) -> Held:
        """The record of the newest version."""
        found = held.read(self.s3, self.storage, self.name, self.newest())
        assert found is not None
        return found

    def verdict(self) -> dict[str, Any]:
        return history.verdict(self.s3, self.storage, self.name, self.newest()) or {}


def run_of(dag: DAG) -> SimpleNamespace:
    return SimpleNamespace(dag_id=dag.dag_id, run_id="manual", run_after=datetime(2026, 11, 22, tzinfo=UTC))


@pytest.fixture(scope="module")
def held_shop(
    shop: LocalShop,
    s3_address: Addresses,
    s3: Any,
    name: Callable[[str], str],
    tmp_path_factory: pytest.TempPathFactory,
    airflow_database: None,  # noqa: ARG001 - runs are kept in it
) -> Iterator[HeldShop]:
    folder = tmp_path_factory.mktemp("backtest")
    s3.create_bucket(Bucket=(bucket := name("bucket")))
    held_shop = HeldShop(shop, s3, bucket, name, folder)
    held_shop.champion = held_shop.serve(GOOD)
    shop.import_lines(held_shop.interactions, NEW)
    held_shop.record(range(USERS), -timedelta(days=1))
    with connected(shop.server, s3_address, held_shop.file.parent, folder):
        yield held_shop


# Airflow runs a DAG in one process by starlette's own test client.
@pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient` is deprecated")
def test_a_version_is_held_and_blocked_when_users_have_told_it_from_the_champion(held_shop: HeldShop) -> None:
    state, trained = run(held_shop.training(), training_mode="FULL")
    held_shop.record(range(100), timedelta(hours=1))
    with pytest.raises(AirflowSkipException, match="100 of 150 users asked for have come back, 140 are waited for"):
        held_shop.call(held_shop.backtest(), "judge_backtest")
    held_shop.record(range(50, 145), timedelta(hours=2))
    with pytest.raises(AirflowFailException) as failure:
        held_shop.call(held_shop.backtest(), "judge_backtest")

    assert state == "success"
    assert {trained[f"{held_shop.name}.{task_id}"] for task_id in ("judge", *ASKING)} == {"success"}
    assert {trained[f"{held_shop.name}.{task_id}"] for task_id in MOVE} == {"skipped"}
    assert held_shop.serving() == held_shop.champion != held_shop.newest()
    found, record = held_shop.held(), held_shop.verdict()
    assert found.verdict is not None
    assert (found.users, found.verdict.users) == (150, 145)  # all who came back, once each
    assert str(failure.value) == found.why == found.verdict.reason == record["reason"]
    assert found.verdict.reason.startswith("Blocked: for 145 users who came back, ")
    assert record["passed"] is False
    assert held_shop.told["subject"] == f"[airflow] {held_shop.group.name}: blocked ({held_shop.name})"
    assert "losses under" in held_shop.told["table"]
    tags = held_shop.shop.api.list_tags_for_resource(resourceArn=found.solution_version_arn)["tags"]
    assert {tag["tagKey"]: tag["tagValue"] for tag in tags}["verdict"] == "blocked"


def test_a_cleared_run_finds_its_own_verdict_again_whatever_users_do_meanwhile(held_shop: HeldShop) -> None:
    judged = held_shop.held()
    held_shop.record(range(USERS), timedelta(hours=3))

    with pytest.raises(AirflowFailException) as failure:
        held_shop.call(held_shop.backtest(), "judge_backtest")

    assert str(failure.value) == judged.why
    assert held_shop.held() == judged


def test_a_version_that_users_prefer_goes_on_to_the_promotion(held_shop: HeldShop) -> None:
    asked = held_shop.held()
    turned = {"champion_answers": asked.challenger_answers, "challenger_answers": asked.champion_answers}
    better = replace(asked, **turned, closed_by=None, why=None, verdict=None)
    held.write(held_shop.s3, held_shop.storage, held_shop.name, better)

    chosen = held_shop.call(held_shop.backtest(), "judge_backtest")

    assert chosen["reason"].startswith("Passed: for 150 users who came back, ")
    assert chosen["solution_version_arn"] == held_shop.newest()
    assert chosen["champion_arn"] == held_shop.champion
    assert chosen["campaign"] == held_shop.group.solutions[0].campaign.create
    assert held_shop.held().why == chosen["reason"]
    assert held_shop.verdict()["backtest"]["passed"] is True
    promotes = held_shop.backtest().get_task(f"{held_shop.name}.deploy_campaign")
    assert f"{held_shop.name}.judge_backtest" in promotes.get_flat_relative_ids(upstream=True)


def test_another_attempt_asks_for_the_same_users(held_shop: HeldShop) -> None:
    dag = held_shop.training()
    promoted = {"solution_version_arn": held_shop.newest(), "champion_arn": held_shop.champion}
    gate = {"solution_version_arn": held_shop.newest(), "training_mode": "FULL", "passed": True}
    history.record_verdict(held_shop.s3, held_shop.storage, held_shop.name, gate)

    asked = held_shop.call(dag, "choose_users", promoted)
    users = questions.read(held_shop.s3, Place.of(asked["questions"]))
    held_shop.record(range(1_000, 1_100), timedelta(hours=4))
    again = held_shop.call(dag, "choose_users", promoted)

    assert again == asked
    assert users == sorted(f"u{user}" for user in range(USERS))
    assert questions.read(held_shop.s3, Place.of(again["questions"])) == users


@pytest.mark.parametrize(("mode", "has_champion"), [("UPDATE", True), ("FULL", False)])
def test_an_update_and_a_first_version_are_not_held(held_shop: HeldShop, mode: str, has_champion: bool) -> None:
    dag, version = held_shop.training(), f"arn:aws:personalize:us-east-1:1:solution/s/{mode}"
    gate = {"solution_version_arn": version, "training_mode": mode, "passed": True}
    history.record_verdict(held_shop.s3, held_shop.storage, held_shop.name, gate)
    promoted = {"solution_version_arn": version, "champion_arn": held_shop.champion if has_champion else None}

    with pytest.raises(AirflowSkipException, match="is not held"):
        held_shop.call(dag, "choose_users", promoted)

    assert held_shop.call(dag, "promote_at_once", promoted) == promoted
