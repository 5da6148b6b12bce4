"""A run of the training DAG on a stack of its own, with something killed on the way and started again."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from include.demo import incoming
from include.demo.airflow_api import FINISHED
from include.demo.failure import DemoError
from include.demo.shop import own
from include.demo.stack import Settings, Stack
from include.demo.state import State
from tests.dags.programme import IMPATIENT, Programme, write_shop
from tests.kill_matrix.outcome import Before, Outcome, read
from tests.kill_matrix.points import NOWHERE, Kind, Stage
from tests.kill_matrix.witness import Witness

RUN_SECONDS = 400
PAUSE_SECONDS = 0.3
# Whoever is gone is missed within seconds instead of minutes.
RESTLESS = IMPATIENT | {
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "5",
    "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "12",
    "AIRFLOW__TRIGGERER__TRIGGERER_HEALTH_CHECK_THRESHOLD": "12",
}


class EndlessError(Exception):
    """A run did not end: nothing can be tried behind it."""


@dataclass
class Trial:
    """A stack with one shop whose campaign serves a champion, and runs of its training DAG."""

    programme: Programme
    witness: Witness
    earlier_calls: Counter[str] = field(default_factory=Counter)  # as earlier lives of the service counted them

    def run(self, kind: Kind, victim: str = "nobody", stage: Stage = NOWHERE) -> tuple[Outcome | None, int]:
        """Train, judge and promote once, with the victim killed at the stage.

        Returns how it ended, None where the stage was never met, and how often CreateSolutionVersion was called.
        """
        self._write(kind.change)
        self._hold(stage)
        self.witness.forget()
        before, calls = Before.of(self.programme), self.calls("CreateSolutionVersion")
        run_id = self.stack.airflow.trigger(self.dag_id, {"training_mode": "FULL"})
        met = stage is NOWHERE or self._killed(victim, stage, run_id)
        self._hold(NOWHERE)
        self._see_through(run_id)
        outcome = read(self.programme, run_id, before, kind.mails)
        return outcome if met else None, self.calls("CreateSolutionVersion") - calls

    @property
    def stack(self) -> Stack:
        return self.programme.stack

    @property
    def dag_id(self) -> str:
        return self.programme.dag("train_solutions")

    def calls(self, operation: str) -> int:
        """How often an operation was called, in all lives of the service."""
        return self.earlier_calls[operation] + self.programme.calls(operation)

    def served_what_was_blocked(self) -> set[str]:
        """The blocked versions that the campaign was seen to serve since the last run began."""
        verdicts = self.programme.records("reports", "verdicts")
        return self.witness.served & {each["solution_version_arn"] for each in verdicts if not each["passed"]}

    def _killed(self, victim: str, stage: Stage, run_id: str) -> bool:
        """Wait for the stage and kill; False where the run ended without it."""
        calls = self._heard(stage)
        deadline = time.monotonic() + RUN_SECONDS
        while time.monotonic() < deadline and not self._has_ended(run_id):
            (task,) = [task for task in self._tasks(run_id) if task["task_id"].endswith(f".{stage.task}")]
            if task["state"] != stage.state:
                calls = self._heard(stage)
            elif (not stage.operation or self._heard(stage) > calls) and self._kill(victim, run_id, task["task_id"]):
                return True
            time.sleep(PAUSE_SECONDS)
        return False

    def _heard(self, stage: Stage) -> int:
        return self.calls(stage.operation) if stage.operation else 0

    def _kill(self, victim: str, run_id: str, task_id: str) -> bool:
        """Kill, and start again what does not come again by itself, as Docker and Kubernetes do."""
        if victim == "worker":
            return self.stack.kill_worker(self.dag_id, run_id, task_id)
        if victim == "service":
            self.earlier_calls.update(self.stack.control("GET", "calls")["counts"])
            self.stack.processes.kill("personalize")
            self.stack.start_personalize()
        else:
            self.stack.processes.kill(victim)
            self.stack.start_airflow(victim)
        return True

    def _hold(self, stage: Stage) -> None:
        """Make the service so slow that the stage is met."""
        self.stack.control("PUT", "delays", {"answer_seconds": dict(stage.answers)})
        self.stack.control("PUT", "faults", stage.faults)

    def _has_ended(self, run_id: str) -> bool:
        return bool(self._patiently(lambda: self.stack.airflow.run(self.dag_id, run_id)["state"] in FINISHED))

    def _tasks(self, run_id: str) -> list[dict[str, Any]]:
        return list(self._patiently(lambda: self.stack.airflow.tasks(self.dag_id, run_id)))

    def _patiently(self, ask: Callable[[], Any]) -> Any:
        """Ask once more where Airflow's API was too hard pressed to answer within its minute."""
        try:
            return ask()
        except DemoError as error:
            print(error)
            return ask()

    def _see_through(self, run_id: str) -> None:
        deadline = time.monotonic() + RUN_SECONDS
        while not self._has_ended(run_id):
            if time.monotonic() > deadline:
                states = {task["task_id"]: task["state"] for task in self._tasks(run_id)}
                raise EndlessError(f"{run_id}: {states}")
            time.sleep(PAUSE_SECONDS)

    def _write(self, change: Mapping[str, Mapping[str, Any]]) -> None:
        """Change the solution in the shop's YAML, which each task reads as it starts."""
        shop = self.programme.shop
        file, original = (shop.files / f"{shop.group.name}.{ending}" for ending in ("yaml", "original"))
        if not original.exists():
            original.write_bytes(file.read_bytes())
        content = yaml.safe_load(original.read_text(encoding="utf-8"))
        for block, members in change.items():
            content["solutions"][0][block] |= members
        unfinished = file.with_suffix(".unfinished")
        unfinished.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
        unfinished.replace(file)


@contextmanager
def opened(folder: Path) -> Iterator[Trial]:
    """A stack of its own below a folder, on which the first version has been trained and serves."""
    folder.mkdir(parents=True, exist_ok=True)
    data = write_shop(folder / "two-tastes")
    (data / "items.csv").unlink()
    with State(folder / "state") as state:
        shop = own(state.folder, data)
        variables = {"PERSONALIZE_DATASET_GROUPS": str(shop.files), **RESTLESS}
        with Stack(state, Settings(variables=variables)) as stack:
            incoming.make_buckets(stack.s3(), shop)
            programme = Programme(stack, shop)
            stack.airflow.wait_for_dags({programme.dag("import_datasets"), programme.dag("train_solutions")}, 90)
            for part in shop.parts:
                programme.bring(part)
            import_run, _ = programme.run("import_datasets")
            programme.see_through("train_solutions", programme.training_after(import_run))
            (campaign,) = stack.personalize().list_campaigns()["campaigns"]
            with Witness(stack.addresses, campaign["campaignArn"]) as witness:
                yield Trial(programme, witness)
