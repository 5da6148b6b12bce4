"""Airflow as its users see it: the REST API with a login."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx

from include.demo.failure import DemoError

FINISHED = ("success", "failed")
USER = "admin"
ATTEMPTS = 20
PAUSE_SECONDS = 0.5


class AirflowApi:
    """A client of one Airflow; it logs in when first needed and again when its token has run out."""

    def __init__(self, url: str, password: str) -> None:
        self.url = url
        self._password = password
        self._client = httpx.Client(base_url=url, timeout=60, trust_env=False)

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    def is_healthy(self) -> bool:
        """Whether the API answers and each process behind it has shown life."""
        try:
            health = self._client.get("/api/v2/monitor/health")
        except httpx.TransportError:
            return False
        return health.status_code == 200 and all(
            health.json()[part]["status"] == "healthy"
            for part in ("metadatabase", "scheduler", "triggerer", "dag_processor")
        )

    def import_errors(self) -> dict[str, str]:
        """DAG files that could not be read, and the last line of each one's error."""
        errors = self.get("/importErrors")["import_errors"]
        return {error["filename"]: error["stack_trace"].strip().splitlines()[-1] for error in errors}

    def dags(self) -> list[str]:
        """The ids of all DAGs."""
        return [dag["dag_id"] for dag in self.get("/dags", limit=100)["dags"]]

    def wait_for_dags(self, dag_ids: set[str], seconds: float) -> None:
        """Wait until all these DAGs are known.

        Raises DemoError when a file cannot be read or the seconds pass.
        """

        def are_known() -> bool:
            if errors := self.import_errors():
                raise DemoError("; ".join(f"{file} cannot be read: {error}" for file, error in errors.items()))
            return dag_ids <= set(self.dags())

        wait_until(are_known, seconds, f"Airflow did not find the DAGs {', '.join(sorted(dag_ids))}")

    def trigger(self, dag_id: str, conf: dict[str, Any] | None = None) -> str:
        """Start a run and return its id; a paused DAG is unpaused, since its run would wait for ever."""
        self._call("PATCH", f"/dags/{dag_id}", json={"is_paused": False})
        run = self._call("POST", f"/dags/{dag_id}/dagRuns", json={"logical_date": None, "conf": conf or {}})
        return str(run["dag_run_id"])

    def runs(self, dag_id: str) -> list[dict[str, Any]]:
        """All runs of a DAG, oldest first."""
        runs: list[dict[str, Any]] = self.get(f"/dags/{dag_id}/dagRuns", order_by="id", limit=100)["dag_runs"]
        return runs

    def run(self, dag_id: str, run_id: str) -> dict[str, Any]:
        """One run."""
        return self.get(f"/dags/{dag_id}/dagRuns/{quote(run_id)}")

    def tasks(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        """The task instances of a run, mapped ones included."""
        path = f"/dags/{dag_id}/dagRuns/{quote(run_id)}/taskInstances"
        tasks: list[dict[str, Any]] = self.get(path, limit=500)["task_instances"]
        return tasks

    def xcom(self, dag_id: str, run_id: str, task_id: str, key: str = "return_value", map_index: int = -1) -> Any:
        """A value that a task handed on."""
        path = f"/dags/{dag_id}/dagRuns/{quote(run_id)}/taskInstances/{quote(task_id)}/xcomEntries/{key}"
        return self.get(path, map_index=map_index, deserialize=True)["value"]

    def runs_caused_by(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        """The runs, of any DAG, that asset events of this run started: `dag_id` and `run_id` of each."""
        events = self.get("/assets/events", source_dag_id=dag_id, source_run_id=run_id)["asset_events"]
        return [caused for event in events for caused in event["created_dagruns"]]

    def log_of(self, dag_id: str, run_id: str, task: dict[str, Any]) -> str:
        """The newest log of a task instance, as lines of text."""
        path = (
            f"/dags/{dag_id}/dagRuns/{quote(run_id)}/taskInstances/{quote(task['task_id'])}/logs/{task['try_number']}"
        )
        content = self.get(path, map_index=task["map_index"])["content"]
        return "\n".join(str(line.get("event", line)) if isinstance(line, dict) else str(line) for line in content)

    def pause(self, dag_id: str) -> None:
        """Let no more runs of a DAG begin."""
        self._call("PATCH", f"/dags/{dag_id}", json={"is_paused": True})

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Any other request to the API, below /api/v2."""
        return self._call("POST", path, json=body)

    def get(self, path: str, **parameters: Any) -> dict[str, Any]:
        """Any other question to the API, below /api/v2."""
        return self._call("GET", path, params=parameters)

    def _call(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        for _ in range(ATTEMPTS):
            if "Authorization" not in self._client.headers:
                self._log_in()
            response = self._request(method, f"/api/v2{path}", **request)
            if response.status_code == 401:
                del self._client.headers["Authorization"]
            elif response.status_code == 500 and method == "GET":
                # Airflow 3.3 cannot show an asset event while the run that it caused has not begun.
                time.sleep(PAUSE_SECONDS)
            else:
                break
        if response.is_error:
            raise DemoError(f"Airflow answered {method} {path} with {response.status_code}: {response.text[:300]}")
        answer: dict[str, Any] = response.json()
        return answer

    def _log_in(self) -> None:
        response = self._request("POST", "/auth/token", json={"username": USER, "password": self._password})
        if response.status_code == 401:
            raise DemoError(f"Airflow at {self.url} refuses this password of user {USER}: "
                            "take the one that `make ui` printed.")  # fmt: skip
        response.raise_for_status()
        self._client.headers["Authorization"] = f"Bearer {response.json()['access_token']}"

    def _request(self, method: str, path: str, **request: Any) -> httpx.Response:
        try:
            return self._client.request(method, path, **request)
        except httpx.TransportError as error:
            raise DemoError(f"Airflow does not answer at {self.url} ({error}): is it still running?") from error


def wait_until(is_so: Callable[[], bool], seconds: float, otherwise: str) -> None:
    """Ask again and again.

    Raises DemoError with the sentence `otherwise` when the seconds pass.
    """
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise DemoError(f"{otherwise} within {seconds:.0f} seconds.")
        time.sleep(0.5)
