"""The programme under a real scheduler on PostgreSQL, from a shop's first files to a roll-back, with a worker killed.

The tests of this file are one story, told in order on one stack, because each step takes Airflow half a minute: about
four minutes in all.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from include.demo import bots, incoming
from include.demo.airflow_api import FINISHED
from include.demo.nights import Part
from include.demo.shop import Shop, own
from include.demo.stack import Settings, Stack
from include.demo.state import State
from include.s3 import Place, read_json, under
from tests.waiting import until

DAY = 86_400
START = 1_700_000_000 // DAY * DAY
# A worker that is gone is noticed, and its task tried again, within seconds instead of minutes.
IMPATIENT = {
    "AIRFLOW__CORE__DEFAULT_TASK_RETRY_DELAY": "2",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "10",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "2",
}


def write_shop(folder: Path) -> Path:
    """A shop of 200 users with two tastes: on ten days, each looks at the next six items of the own taste."""
    folder.mkdir()
    events = [
        f"u{user},i{2 * ((user // 2 + 3 * day + step) % 30) + user % 2},{START + day * DAY + step * 60 + user},view"
        for day in range(10)
        for user in range(200)
        for step in range(6)
    ]
    (folder / "interactions.csv").write_text("\n".join(["USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE", *events]) + "\n")
    items = [f"i{item},Title {item},{START - DAY}" for item in range(60)]
    (folder / "items.csv").write_text("\n".join(["ITEM_ID,TITLE,CREATION_TIMESTAMP", *items]) + "\n")
    (folder / "users.csv").write_text(
        "\n".join(["USER_ID,AGE", *(f"u{user},{user % 60 + 18}" for user in range(200))]) + "\n"
    )
    return folder


@dataclass
class Programme:
    """The running programme, and the questions the tests ask of it."""

    stack: Stack
    shop: Shop

    def dag(self, workflow: str) -> str:
        return f"{self.shop.group.name}.{workflow}"

    def bring(self, part: Part) -> None:
        incoming.upload(self.stack.s3(), self.shop, part, self.stack.state.folder / "data")

    def run(self, workflow: str, conf: dict[str, Any] | None = None) -> tuple[str, dict[str, str]]:
        """Start a run and see it through: its id, and the states of its tasks."""
        run_id = self.stack.airflow.trigger(self.dag(workflow), conf)
        return run_id, self.see_through(workflow, run_id)

    def see_through(self, workflow: str, run_id: str) -> dict[str, str]:
        airflow = self.stack.airflow
        until(lambda: airflow.run(self.dag(workflow), run_id)["state"] in FINISHED, f"{run_id} ends", 180)
        return {task["task_id"]: task["state"] for task in airflow.tasks(self.dag(workflow), run_id)}

    def started_by(self, import_run: str) -> list[str]:
        caused = self.stack.airflow.runs_caused_by(self.dag("import_datasets"), import_run)
        return [run["run_id"] for run in caused]

    def training_after(self, import_run: str) -> str:
        """The training run that an import started by itself."""
        until(lambda: bool(self.started_by(import_run)), "the import starts the training")
        (run_id,) = self.started_by(import_run)
        return run_id

    def calls(self, operation: str) -> int:
        """How often the local service has done the operation."""
        return self.control("GET", "calls")["counts"].get(operation, 0)

    def control(self, method: str, path: str, **request: Any) -> Any:
        url = f"{self.stack.addresses.personalize}/_local/{path}"
        return httpx.request(method, url, trust_env=False, **request).raise_for_status().json()

    def versions(self) -> list[dict[str, Any]]:
        """Oldest first."""
        versions = self.stack.personalize().list_solution_versions()["solutionVersions"]
        return sorted(versions, key=lambda version: version["creationDateTime"])

    def serving(self) -> str:
        api = self.stack.personalize()
        (campaign,) = api.list_campaigns()["campaigns"]
        return str(api.describe_campaign(campaignArn=campaign["campaignArn"])["campaign"]["solutionVersionArn"])

    def records(self, *folders: str) -> list[Any]:
        s3, place = self.stack.s3(), Place.of(self.shop.group.storage.workspace) / "/".join(folders)
        return [read_json(s3, found.place) for found in under(s3, place, ".json")]


@pytest.fixture(scope="module")
def programme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programme]:
    folder = write_shop(tmp_path_factory.mktemp("own") / "two-tastes")
    with State(tmp_path_factory.mktemp("state")) as state:
        shop = own(state.folder, folder)
        settings = Settings(
            clock_offset_days=-8, variables={"PERSONALIZE_DATASET_GROUPS": str(shop.files), **IMPATIENT}
        )
        with Stack(state, settings) as stack:
            incoming.make_buckets(stack.s3(), shop)
            told = Programme(stack, shop)
            stack.airflow.wait_for_dags({told.dag("import_datasets"), told.dag("train_solutions")}, seconds=90)
            yield told


def test_a_worker_killed_while_it_orders_a_training_pays_once(programme: Programme) -> None:
    """The service has made the version, and the worker dies before it hears of it: the cruellest moment."""
    programme.bring(programme.shop.parts[0])
    import_run, states = programme.run("import_datasets")
    assert set(states.values()) == {"success"}
    programme.control("PUT", "delays", json={"answer_seconds": {"CreateSolutionVersion": 60}})
    run_id = programme.training_after(import_run)
    until(lambda: programme.calls("CreateSolutionVersion") == 1, "the version is ordered", 90)
    tasks = programme.stack.airflow.tasks(programme.dag("train_solutions"), run_id)
    (task,) = [task for task in tasks if task["state"] == "running"]

    worker = psutil.Process(task["pid"])
    for process in (worker.parent(), worker):
        process.kill()
    programme.control("PUT", "delays", json={"answer_seconds": {}})
    states = programme.see_through("train_solutions", run_id)

    assert set(states.values()) == {"success"}
    assert task["task_id"].endswith(".train")
    again = {
        task["task_id"]: task["try_number"]
        for task in programme.stack.airflow.tasks(programme.dag("train_solutions"), run_id)
    }
    assert again[task["task_id"]] == 2
    assert programme.calls("CreateSolutionVersion") == 1
    (version,) = programme.versions()
    assert (version["trainingMode"], version["status"]) == ("FULL", "ACTIVE")
    assert programme.serving() == version["solutionVersionArn"]


def test_a_night_is_added_and_the_version_brought_up_to_date(programme: Programme) -> None:
    programme.bring(programme.shop.parts[1])

    import_run, states = programme.run("import_datasets")
    training = programme.see_through("train_solutions", programme.training_after(import_run))

    assert states["interactions.import"] == "success"
    assert set(training.values()) == {"success"}
    full, update = programme.versions()
    assert update["trainingMode"] == "UPDATE"
    assert programme.serving() == update["solutionVersionArn"]
    jobs = programme.stack.personalize().list_dataset_import_jobs()["datasetImportJobs"]
    assert sorted({job["importMode"] for job in jobs}) == ["FULL", "INCREMENTAL"]
    metrics = programme.stack.personalize().get_solution_metrics
    parents = metrics(solutionVersionArn=full["solutionVersionArn"])["metrics"]
    assert metrics(solutionVersionArn=update["solutionVersionArn"])["metrics"] == parents


def test_nothing_new_means_no_import_and_no_training(programme: Programme) -> None:
    imports, trainings = programme.calls("CreateDatasetImportJob"), programme.calls("CreateSolutionVersion")

    import_run, states = programme.run("import_datasets")

    assert states["interactions.import"] == states["report"] == "skipped"
    assert programme.started_by(import_run) == []
    assert programme.calls("CreateDatasetImportJob") == imports
    assert programme.calls("CreateSolutionVersion") == trainings


def test_every_user_reaches_braze(programme: Programme) -> None:
    _, states = programme.run("export_recommendations")

    assert set(states.values()) == {"success"}
    s3, delivery = programme.stack.s3(), Place.of(programme.shop.group.storage.delivery)
    (manifest,) = [read_json(s3, found.place) for found in under(s3, delivery / "_manifests")]
    assert manifest["users"] == manifest["rows"] == 200
    bodies = [s3.get_object(Bucket=f.place.bucket, Key=f.place.key)["Body"].read() for f in under(s3, delivery / "cdi")]
    rows = [json.loads(line) for body in bodies for line in body.splitlines()]
    assert {row["external_id"] for row in rows} == {f"u{user}" for user in range(200)}
    # Users with even numbers only ever saw even items.
    for row in rows:
        items = json.loads(row["payload"])["recs_home_ids"]
        alike = [int(item[1:]) % 2 == int(row["external_id"][1:]) % 2 for item in items]
        assert sum(alike) > len(alike) / 2


def test_bots_spoil_a_night_and_the_gate_holds(programme: Programme) -> None:
    serving = programme.serving()
    tables = programme.shop.tables
    users = tables["interactions"]["USER_ID"].nunique()
    programme.bring(bots.poison(programme.shop.parts[2], tables["items"]["ITEM_ID"], users))
    programme.control("PUT", "clock", json={"offset_days": 0})  # eight days pass: the FULL version is overdue

    import_run, _ = programme.run("import_datasets")
    training = programme.see_through("train_solutions", programme.training_after(import_run))

    judged = {task.partition(".")[2]: state for task, state in training.items()}
    assert judged["train"] == "success"
    assert judged["judge"] == "failed"
    assert judged["deploy_campaign"] == "upstream_failed"
    assert programme.versions()[-1]["trainingMode"] == "FULL"
    assert programme.serving() == serving
    verdicts = programme.records("reports", "verdicts")
    (blocked,) = [verdict for verdict in verdicts if not verdict["passed"]]
    assert blocked["solution_version_arn"] == programme.versions()[-1]["solutionVersionArn"]
    until(lambda: len(programme.stack.mails()) >= 2, "a mail of the task and one of the run")
    told = " ".join(mail.get_body(("html",)).get_content() for mail in programme.stack.mails())
    assert "Blocked: " in told


def test_a_person_lets_it_through_and_thinks_better_of_it(programme: Programme) -> None:
    serving, blocked = programme.serving(), programme.versions()[-1]["solutionVersionArn"]

    programme.run("promote_solution_version", {"solution_version": blocked, "reason": "the bots are customers"})
    let_through = programme.serving()
    programme.run("promote_solution_version", {"solution_version": "previous", "reason": "they are not"})

    assert let_through == blocked
    assert programme.serving() == serving
    reasons = [record["reason"] for record in programme.records("reports", "promotions")]
    assert {"the bots are customers", "they are not"} <= set(reasons)
