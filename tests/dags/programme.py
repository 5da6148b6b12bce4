"""The programme on a real stack, and the questions that tests ask of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
