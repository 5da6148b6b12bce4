"""Everything the programme needs, on one machine, for as long as a `with` block lasts."""

import email
import email.message
import email.policy
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import psutil

from include.demo import environment, services
from include.demo.airflow_api import AirflowApi
from include.demo.environment import Addresses
from include.demo.ports import Ports, require
from include.demo.processes import Processes
from include.demo.services import AIRFLOW_PROCESSES, MAKE_POOLS, MAKE_TABLES
from include.demo.state import State

START_SECONDS = 120  # a machine under load imports Airflow slowly


@dataclass(frozen=True)
class Settings:
    """What may differ between stacks."""

    airflow_port: int | None = None
    clock_offset_days: float = 0
    variables: dict[str, str] = field(default_factory=dict)


class Stack:
    """PostgreSQL, S3, the local Personalize, mail and Airflow; entering starts them, leaving ends them."""

    def __init__(self, state: State, settings: Settings, tell: Callable[[str], None] = print) -> None:
        """`tell` is given a sentence whenever the start-up gets further."""
        self.state, self._settings, self._tell = state, settings, tell
        self._contexts = ExitStack()
        self._clients: dict[str, Any] = {}

    def __enter__(self) -> Self:
        with self._contexts:
            port = self._settings.airflow_port
            ports = self._contexts.enter_context(Ports())
            airflow_port = require(port) if port else ports.take()
            self.addresses = Addresses(ports.take(), ports.take(), ports.take(), airflow_port)
            inherit = (self.state.fileno(), ports.fileno())
            self.processes = self._contexts.enter_context(Processes(self.state.subfolder("logs"), inherit))
            self.airflow = AirflowApi(self.addresses.airflow, self.addresses.airflow_password)
            self._contexts.callback(self.airflow.close)
            self.environment = self._environment()
            self._start(ports)
            self._contexts = self._contexts.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._contexts.close()

    @property
    def mail_folder(self) -> Path:
        """The maildir of the mail catcher."""
        return self.state.folder / "mails"

    def s3(self) -> Any:
        """A boto3 client of the S3 server, closed with the stack."""
        return self._kept("s3", lambda: services.s3_client(self.addresses))

    def personalize(self, service: str = "personalize") -> Any:
        """A boto3 client of the local service: personalize, personalize-runtime, personalize-events or sts."""
        return self._kept(service, lambda: services.personalize_client(self.addresses, service))

    def mails(self) -> list[email.message.EmailMessage]:
        """The mails caught so far, oldest first."""
        files = sorted((self.mail_folder / "new").glob("*"), key=lambda file: file.stat().st_mtime_ns)
        return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]

    def check(self) -> None:
        """Raises DemoError if a process that should be running has ended."""
        for name in ("postgres", "s3", "personalize", "smtp", *AIRFLOW_PROCESSES):
            self.processes.require(name)

    def start_personalize(self) -> None:
        """Start the local Personalize, or start it again after `processes.kill("personalize")`."""
        data, offset = self.state.subfolder("personalize"), self._settings.clock_offset_days
        command = services.personalize(self.addresses, data, offset)
        self.processes.start("personalize", command, self.environment)
        health = f"{self.addresses.personalize}/_local/health"
        self.processes.wait_for("personalize", lambda: services.answers(health), START_SECONDS)

    def start_airflow(self, name: str) -> None:
        """Start one of AIRFLOW_PROCESSES, or start it again after `processes.kill(name)`."""
        self.processes.start(name, AIRFLOW_PROCESSES[name], self.environment)

    def kill_worker(self, dag_id: str, run_id: str, task_id: str) -> bool:
        """End the worker of a task, and the process that answers for it, at once; False where nobody works on it.

        Nobody is left to tell Airflow: it finds out once the task's heartbeat is overdue.
        """
        tasks = self.airflow.tasks(dag_id, run_id)
        pid = next((task["pid"] for task in tasks if task["task_id"] == task_id and task["state"] == "running"), None)
        if not pid:
            return False
        try:
            worker = psutil.Process(pid)
            for process in (*worker.parents()[:1], worker):
                process.kill()
        except psutil.NoSuchProcess:
            return False
        return True

    def control(self, method: str, path: str, settings: Any = None) -> Any:
        """Ask, or set, what lies below /_local/ of the local Personalize: calls, clock, delays, faults, quotas."""
        url = f"{self.addresses.personalize}/_local/{path}"
        return httpx.request(method, url, json=settings, trust_env=False).raise_for_status().json()

    def _kept(self, name: str, make: Callable[[], Any]) -> Any:
        """One client of each service, made when first asked for."""
        if name not in self._clients:
            self._clients[name] = make()
            self._contexts.callback(self._clients[name].close)
        return self._clients[name]

    def _environment(self) -> dict[str, str]:
        home = self.state.subfolder("airflow")
        (home / "passwords.json").write_text(json.dumps({"admin": self.addresses.airflow_password}))
        return {
            **environment.basis(),
            **environment.aws(self.addresses, self.state.folder),
            **environment.airflow(self.addresses, home, self.processes.scratch),
            **self._settings.variables,
        }

    def _start(self, ports: Ports) -> None:
        s3_command = services.s3(self.addresses, ports, self.state.subfolder("s3"), self.processes.scratch)
        with ThreadPoolExecutor() as side_by_side:
            # The database first: Airflow waits for it, and everybody for Airflow.
            database = side_by_side.submit(self._start_database)
            others = [
                side_by_side.submit(self._start_s3, s3_command),
                side_by_side.submit(self._start_smtp),
                side_by_side.submit(self.start_personalize),
            ]
            for each in (database, *others):
                each.result()
        self._start_airflow()

    def _start_database(self) -> None:
        scratch, data = self.processes.scratch, self.state.folder / "postgres"
        self._tell("PostgreSQL, S3, Personalize and mail are starting")
        self.processes.start("postgres", services.postgres(data, scratch), self.environment, last=True)
        self.processes.wait_for("postgres", lambda: services.postgres_is_ready(scratch), START_SECONDS)
        self._tell("Airflow is making its tables")
        self.processes.start("db-migrate", MAKE_TABLES, self.environment)
        self.processes.wait_for_end("db-migrate", START_SECONDS)

    def _start_s3(self, command: list[str]) -> None:
        self.processes.start("s3", command, self.environment)
        self.processes.wait_for("s3", lambda: services.s3_is_ready(self.addresses), START_SECONDS)

    def _start_smtp(self) -> None:
        self.processes.start("smtp", services.smtp(self.addresses, self.mail_folder), self.environment)
        self.processes.wait_for("smtp", lambda: services.smtp_is_ready(self.addresses), START_SECONDS)

    def _start_airflow(self) -> None:
        self._tell("Airflow is starting")
        for name in AIRFLOW_PROCESSES:
            self.start_airflow(name)
        self.processes.start("pools-import", MAKE_POOLS, self.environment)

        def is_ready() -> bool:
            for name in AIRFLOW_PROCESSES:
                self.processes.require(name)
            return self.airflow.is_healthy()

        # A task whose pool is missing waits in silence, so nobody is told that Airflow is ready before they are there.
        self.processes.wait_for_end("pools-import", START_SECONDS)
        self.processes.wait_for("api-server", is_ready, START_SECONDS)
