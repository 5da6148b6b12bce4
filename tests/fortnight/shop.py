"""The shop of the two weeks on a stack of its own: nights are run, disturbed, and asked what came of them."""

import csv
import io
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from include import config
from include.demo.airflow_api import FINISHED
from include.demo.processes import REPOSITORY
from include.demo.shop import half_a_day_away
from include.demo.stack import Settings, Stack
from include.demo.state import State
from include.s3 import Place, read_json, under
from tests.dags.programme import IMPATIENT
from tests.fortnight.nights import HEADERS, Night
from tests.waiting import until

NAME = "fortnight"
KINDS = ("interactions", "items", "users")
RUN_SECONDS = 400
SCHEMAS = {
    "interactions": {"USER_ID": "string", "ITEM_ID": "string", "TIMESTAMP": "long", "EVENT_TYPE": "string"},
    "items": {"ITEM_ID": "string", "TITLE": "string"},
    "users": {"USER_ID": "string", "AGE": "int"},
}


def dataset_group(folder: Path, now: Any, small_night: str = "carry") -> Path:
    """Write the YAML of the shop, made from movies.yaml: no exports, and no schedule that falls into the test."""
    content = yaml.safe_load((REPOSITORY / "include/dataset_groups/movies.yaml").read_text(encoding="utf-8"))
    content["dataset_group"]["create"]["name"] = NAME
    content["storage"] = {part: f"s3://{NAME}-{part}" for part in ("incoming", "workspace", "delivery")}
    content["schedules"] = half_a_day_away(now)
    content["datasets"] = {
        kind: {"schema": [{"name": name, "type": avro} for name, avro in schema.items()]}
        for kind, schema in SCHEMAS.items()
    }
    content["datasets"]["interactions"]["small_night"] = small_night
    content["solutions"][0]["exports"] = []
    folder.mkdir()
    (folder / f"{NAME}.yaml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return folder


@dataclass
class Shop:
    """A running stack with the one shop; `runs` has the DAG run of each night, by the night's name."""

    stack: Stack
    group: config.DatasetGroup
    runs: dict[str, str]
    calls_before: int = 0  # CreateDatasetImportJob, as earlier lives of the service counted it

    dag_id = f"{NAME}.import_datasets"

    def drop(self, files: dict[str, list[str]]) -> None:
        for key, lines in files.items():
            place = Place.of(self.group.storage.incoming) / key
            body = "\n".join([HEADERS[key.partition("/")[0]], *lines]) + "\n"
            self.stack.s3().put_object(Bucket=place.bucket, Key=place.key, Body=body.encode())

    def start(self, name: str, conf: dict[str, Any] | None = None) -> str:
        self.runs[name] = self.stack.airflow.trigger(self.dag_id, conf)
        return self.runs[name]

    def see_through(self, run_id: str, kills: tuple[str, ...] = (), service_dies: bool = False) -> dict[str, str]:
        """Wait for the end of a run, and kill on the way; returns the states of its tasks."""
        left = list(kills)
        if service_dies:  # so that it can be caught at it; the service that is started again knows no fault
            slow = {"fault": "slow_states", "on": "dataset-import-job", "in_progress_seconds": 15.0}
            self.stack.control("PUT", "faults", [slow])
        deadline = time.monotonic() + RUN_SECONDS
        while self.stack.airflow.run(self.dag_id, run_id)["state"] not in FINISHED:
            assert time.monotonic() < deadline, f"{run_id} does not end; killed all but {left}"
            left = [task_id for task_id in left if not self.stack.kill_worker(self.dag_id, run_id, task_id)]
            if service_dies and self._importing():
                self.calls_before = self.calls()
                self.stack.processes.kill("personalize")
                self.stack.start_personalize()
                service_dies = False
            time.sleep(0.2)
        assert not left, f"{left} were never caught at work"
        assert not service_dies, "no import was caught at work"
        return {task["task_id"]: task["state"] for task in self.stack.airflow.tasks(self.dag_id, run_id)}

    def night(self, night: Night, disturbed: bool) -> dict[str, str]:
        """Drop a night's files, run it, and do the night's deeds if it is to be disturbed."""
        self.drop(night.files | (night.disturbance if disturbed else {}))
        run_id = self.start(night.name)
        if not disturbed:
            return self.see_through(run_id)
        states = self.see_through(run_id, night.kills, night.service_dies)
        for earlier, task_id in night.clears:
            self.clear(self.runs[earlier], task_id)
            self.see_through(self.runs[earlier])
        if night.backfill:
            self.backfill()
        return states

    def clear(self, run_id: str, task_id: str) -> None:
        """Clear a task and all that follows it, as a person does in the UI."""
        what = {
            "dag_run_id": run_id,
            "task_ids": [task_id],
            "include_downstream": True,
            "only_failed": False,
            "dry_run": False,
        }
        self.stack.airflow.post(f"/dags/{self.dag_id}/clearTaskInstances", what)

    def backfill(self) -> None:
        """Run the DAG for three days of the past, two at a time."""
        known = {run["dag_run_id"] for run in self.stack.airflow.runs(self.dag_id)}
        days = {"from_date": "2026-01-01T00:00:00Z", "to_date": "2026-01-03T23:59:00Z"}
        self.stack.airflow.post("/backfills", {"dag_id": self.dag_id, "max_active_runs": 2, **days})

        def new() -> list[str]:
            runs = self.stack.airflow.runs(self.dag_id)
            return [run["dag_run_id"] for run in runs if run["dag_run_id"] not in known]

        until(lambda: len(new()) >= 2, "the backfill has begun", 60)
        for run_id in new():
            self.see_through(run_id)

    def rows(self, kind: str) -> Counter[tuple[str, ...]]:
        """Every row of a dataset, as an export job writes it, and how often it is there."""
        api = self.stack.personalize()
        account = api.list_datasets()["datasets"][0]["datasetArn"].split(":")[4]
        arn = f"arn:aws:personalize:us-east-1:{account}:dataset/{NAME}/{kind.upper()}"
        place = Place.of(self.group.storage.workspace) / f"exported/{kind}-{time.time_ns()}"
        job = api.create_dataset_export_job(
            jobName=f"export-{kind}-{time.time_ns()}",
            datasetArn=arn,
            ingestionMode="ALL",
            roleArn=f"arn:aws:iam::{account}:role/{self.group.role}",
            jobOutput={"s3DataDestination": {"path": f"{place}/"}},
        )["datasetExportJobArn"]
        described = lambda: api.describe_dataset_export_job(datasetExportJobArn=job)["datasetExportJob"]  # noqa: E731
        until(lambda: described()["status"] == "ACTIVE", f"{kind} is exported", 60)
        found: Counter[tuple[str, ...]] = Counter()
        for item in under(self.stack.s3(), place):
            body = self.stack.s3().get_object(Bucket=item.place.bucket, Key=item.place.key)["Body"].read().decode()
            found.update(tuple(row[name] for name in SCHEMAS[kind]) for row in csv.DictReader(io.StringIO(body)))
        return found

    def calls(self) -> int:
        """How often an import job was created."""
        counts = self.stack.control("GET", "calls")["counts"]
        return self.calls_before + int(counts.get("CreateDatasetImportJob", 0))

    def import_jobs(self) -> list[dict[str, Any]]:
        pages = self.stack.personalize().get_paginator("list_dataset_import_jobs").paginate()
        return [job for page in pages for job in page["datasetImportJobs"]]

    def recorded(self, kind: str) -> list[dict[str, Any]]:
        """The nights that Personalize has."""
        folder = Place.of(self.group.storage.workspace) / "imported" / kind
        return [read_json(self.stack.s3(), item.place) for item in under(self.stack.s3(), folder, ".json")]

    def reports(self) -> list[dict[str, Any]]:
        folder = Place.of(self.group.storage.workspace) / "reports/imports"
        return [read_json(self.stack.s3(), item.place) for item in under(self.stack.s3(), folder, ".json")]

    def _importing(self) -> bool:
        return any(job["status"] == "CREATE IN_PROGRESS" for job in self.import_jobs())


@contextmanager
def opened(folder: Path, now: Any, small_night: str = "carry") -> Iterator[Shop]:
    """The shop on a stack of its own, below a folder; training is paused, since only the datasets matter."""
    with State(folder) as state:
        files = dataset_group(state.folder / "dataset_groups", now, small_night)
        variables = {"PERSONALIZE_DATASET_GROUPS": str(files), **IMPATIENT}
        with Stack(state, Settings(variables=variables)) as stack:
            group = config.load_file(files / f"{NAME}.yaml")
            for uri in (group.storage.incoming, group.storage.workspace, group.storage.delivery):
                stack.s3().create_bucket(Bucket=Place.of(uri).bucket)
            stack.airflow.wait_for_dags({f"{NAME}.import_datasets", f"{NAME}.train_solutions"}, seconds=90)
            stack.airflow.pause(f"{NAME}.train_solutions")
            yield Shop(stack, group, {})
