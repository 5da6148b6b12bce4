"""The programme on a real stack, and the questions that tests ask of it."""

import html
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from include.demo import incoming
from include.demo.airflow_api import FINISHED
from include.demo.nights import Part
from include.demo.shop import Shop
from include.demo.stack import Stack
from include.s3 import Place, read_json, under
from tests.waiting import until

DAY = 86_400
START = 1_700_000_000 // DAY * DAY
# A worker that is gone is noticed, and its task tried again, within seconds instead of minutes.
IMPATIENT = {
    "AIRFLOW__CORE__DEFAULT_TASK_RETRY_DELAY": "2",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "10",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "2",
    # No test writes a DAG file: to read them all again each half a minute is a fifth of the work.
    # A callback of a lost worker counts as a reading of its file that found no DAG. One not read for so long is then
    # taken for gone, and its tasks are never tried again.
    "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "600",
    "AIRFLOW__DAG_PROCESSOR__STALE_DAG_THRESHOLD": "3600",
}


def write_shop(folder: Path) -> Path:
    """A shop of 200 users with two tastes: on ten days, each looks at the next six items of the own taste.

    Without a users.csv: nothing here is told of users, and each dataset is ten tasks of each night.
    """
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
        until(lambda: airflow.run(self.dag(workflow), run_id)["state"] in FINISHED, f"{run_id} ends", 180, 0.5)
        return {task["task_id"]: task["state"] for task in airflow.tasks(self.dag(workflow), run_id)}

    @property
    def solution(self) -> str:
        return self.shop.group.solutions[0].name

    def states(self, workflow: str, run_id: str) -> dict[str, str | None]:
        """The states of a run's tasks as they are now, by their names within the solution's group."""
        tasks = self.stack.airflow.tasks(self.dag(workflow), run_id)
        return {task["task_id"].rpartition(".")[2]: task["state"] for task in tasks}

    def newest_run(self, workflow: str) -> str:
        return str(self.stack.airflow.runs(self.dag(workflow))[-1]["dag_run_id"])

    def wait_for_question(self, run_id: str) -> None:
        """Wait until a training run asks about a version that was blocked, and no longer holds a worker for it."""
        until(lambda: self.states("train_solutions", run_id)["ask"] == "awaiting_input", "a person is asked", 180, 1)
        # To Airflow's scheduler the attempts before and after an answer are one. Whoever answers before it has heard
        # that the first has ended, quicker than any person, has the second taken for ended.
        time.sleep(5)

    def answer(self, run_id: str, choice: str, reason: str) -> None:
        """Answer the question of a training run, as a person does under Required Actions."""
        task = f"/dags/{self.dag('train_solutions')}/dagRuns/{quote(run_id)}/taskInstances/{self.solution}.ask"
        body = {"chosen_options": [choice], "params_input": {"reason": reason}}
        self.stack.airflow._call("PATCH", f"{task}/-1/hitlDetails", json=body)

    def ask_again(self, run_id: str) -> None:
        """Clear the question of a training run, and what follows it, once its end was told: XComs are cleared too."""
        until(lambda: any("stays blocked" in subject for subject, _ in self.mails()), "a Reject is told")
        cleared = {"dag_run_id": run_id, "task_ids": [f"{self.solution}.ask"], "include_downstream": True}
        more = {"dry_run": False, "only_failed": False, "reset_dag_runs": True}
        self.stack.airflow.post(f"/dags/{self.dag('train_solutions')}/clearTaskInstances", cleared | more)

    def mails(self) -> list[tuple[str, str]]:
        """Subject and text of the mails about the training so far, oldest first."""
        mails = [(str(mail["Subject"]), mail.get_body(("html",)).get_content()) for mail in self.stack.mails()]
        about = (self.dag("train_solutions"), f"({self.solution})")
        return [(said, html.unescape(text)) for said, text in mails if any(what in said for what in about)]

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
        return self.stack.control("GET", "calls")["counts"].get(operation, 0)

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
