"""The programme as its users live it: a history, a good night, an export, and a night of bots.

Runs are started through Airflow's REST API, or by Airflow itself when new data has been imported; everything else is
watched.
"""

import time
from collections.abc import Callable
from typing import Any

from include.demo import bots, incoming
from include.demo.airflow_api import FINISHED, wait_until
from include.demo.facts import Facts, Import, Training, Witness
from include.demo.failure import DemoError
from include.demo.nights import Part
from include.demo.screen import Screen
from include.demo.shop import Shop
from include.demo.stack import Stack

# The FULL version is to be older than the seven days the cadence allows when the last night comes.
DAYS_BETWEEN = 8
RUN_SECONDS = 300
ASSET_SECONDS = 60
MAIL_SECONDS = 60


class Story:
    """One telling of the story on a running stack; `facts` grows as it goes."""

    def __init__(self, stack: Stack, shop: Shop, screen: Screen) -> None:
        self._stack, self._shop, self._screen = stack, shop, screen
        self._airflow = stack.airflow
        self._witness = Witness(stack, shop)
        self.facts = Facts([], [])

    def steps(self) -> list[tuple[str, Callable[[], None]]]:
        """Each step's title and what it does."""
        history, night, last = self._shop.parts
        return [
            ("The history is imported: FULL.", lambda: self._import(history)),
            ("The first version trains: FULL. The gate judges it, a campaign serves it.", self._train),
            (f"A night is imported: {night.name}, INCREMENTAL.", lambda: self._import(night)),
            ("New data, so the version is brought up to date: UPDATE. The campaign moves to it.", self._train),
            ("Every user's recommendations are exported for Braze.", self._export),
            (
                f"{DAYS_BETWEEN} days later, bots have visited the shop: {last.name} is imported.",
                lambda: self._import_bots(last),
            ),
            ("A week is over, so the next version trains: FULL. The gate must block it.", self._train),
            ("The alert is in the mail, and the campaign still serves its champion.", self._look_around),
        ]

    def tell(self) -> Facts:
        """Go through all steps.

        Raises DemoError when one cannot go on; a promise that does not hold is no reason to stop.
        """
        for title, step in self.steps():
            self._screen.step(title)
            step()
            self._screen.step_done()
        return self.facts

    def _import(self, part: Part) -> None:
        known_reports, known_jobs = self._witness.import_reports(), self._witness.import_jobs()
        incoming.upload(self._stack.s3(), self._shop, part, self._stack.state.subfolder("data"))
        self._import_run = self._airflow.trigger(self._dag("import_datasets"))
        run = self._watch(self._dag("import_datasets"), self._import_run)
        self._must_succeed(run)
        new_reports = [report for key, report in self._witness.import_reports().items() if key not in known_reports]
        new_jobs = {arn: mode for arn, mode in self._witness.import_jobs().items() if arn not in known_jobs}
        datasets = new_reports[0]["datasets"] if new_reports else {}
        self.facts.imports.append(Import(part.name, part.rows, run["state"], datasets, new_jobs))

    def _import_bots(self, night: Part) -> None:
        self._stack.control("PUT", "clock", {"offset_days": 0})
        interactions, items = (
            self._shop.tables["interactions"],
            self._shop.tables.get("items", self._shop.tables["interactions"]),
        )
        users = interactions["USER_ID"].nunique()
        self._import(bots.poison(night, items["ITEM_ID"].drop_duplicates(), users))

    def _train(self) -> None:
        """Watch the training run that the import's asset event started."""
        known, before = self._witness.versions(), self._witness.champion()
        caused = self._caused_run()
        run = self._watch(self._dag("train_solutions"), caused)
        made = [version for version in self._witness.versions() if version not in known]
        version = made[-1] if made else None
        self.facts.trainings.append(
            Training(
                run_type=run["run_type"],
                run_state=run["state"],
                version_arn=version,
                mode=self._witness.mode(version) if version else None,
                metrics=self._witness.metrics(version) if version else {},
                verdict=self._witness.verdict(version) if version else {},
                champion_before=before,
                champion_after=self._witness.champion(),
                champion_metrics=self._witness.metrics(before) if before else {},
            )
        )

    def _caused_run(self) -> str:
        import_dag, training_dag = self._dag("import_datasets"), self._dag("train_solutions")
        found: list[str] = []

        def has_begun() -> bool:
            caused = self._airflow.runs_caused_by(import_dag, self._import_run)
            found[:] = [run["run_id"] for run in caused if run["dag_id"] == training_dag]
            return bool(found)

        wait_until(has_begun, ASSET_SECONDS, f"{import_dag} did not start {training_dag}")
        return found[0]

    def _export(self) -> None:
        dag_id = self._dag("export_recommendations")
        run = self._watch(dag_id, self._airflow.trigger(dag_id))
        self._must_succeed(run)
        self.facts.delivery = self._witness.delivery(run["state"])

    def _look_around(self) -> None:
        deadline = time.monotonic() + MAIL_SECONDS
        # The report's and the blocked version's come from processes of their own, a little later than the run ends.
        while len(self._stack.mails()) < 2 and time.monotonic() < deadline:
            time.sleep(0.5)
        self.facts.mails = self._stack.mails()
        self.facts.served = self._witness.served(str(self._shop.parts[1].tables["interactions"]["USER_ID"].iloc[0]))

    def _watch(self, dag_id: str, run_id: str) -> dict[str, Any]:
        """Follow a run to its end, show its tasks, and return it."""
        deadline = time.monotonic() + RUN_SECONDS
        while time.monotonic() < deadline:
            run = self._airflow.run(dag_id, run_id)
            self._screen.show_run(dag_id, self._airflow.tasks(dag_id, run_id))
            if run["state"] in FINISHED:
                self._screen.say(f"  {dag_id}: run {run['state']}")
                return run
            time.sleep(0.7)
        raise DemoError(f"{dag_id} did not end within {RUN_SECONDS} seconds; see its tasks' logs in "
                        f"{self._stack.state.folder / 'airflow/logs'}.")  # fmt: skip

    def _must_succeed(self, run: dict[str, Any]) -> None:
        """Raises DemoError, naming the failed tasks, if a run failed without which nothing can follow."""
        if run["state"] == "success":
            return
        dag_id, run_id = run["dag_id"], run["dag_run_id"]
        failed = [task["task_id"] for task in self._airflow.tasks(dag_id, run_id) if task["state"] == "failed"]
        logs = self._stack.state.folder / "airflow/logs" / f"dag_id={dag_id}" / f"run_id={run_id}"
        raise DemoError(f"{dag_id} failed at {', '.join(failed)}: its log is in {logs}.")

    def _dag(self, what: str) -> str:
        return f"{self._shop.group.name}.{what}"
