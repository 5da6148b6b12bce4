"""Hooks and operators against a real server of the local Personalize; a run is as much of Airflow's as they ask for."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from tests.include.local_personalize.running import REGION, Server


class Run:
    """A DAG run, and the context its tasks see."""

    def __init__(self, run_id: str) -> None:
        self.dag_run = SimpleNamespace(
            dag_id="shop.dag", run_id=run_id, run_after=datetime(2026, 11, 22, 3, tzinfo=UTC)
        )

    @property
    def context(self) -> dict[str, Any]:
        return {"dag_run": self.dag_run, "ti": SimpleNamespace(xcom_push=lambda **_: None)}


@pytest.fixture
def run(name: Callable[[str], str]) -> Callable[[], Run]:
    """Makes DAG runs, each another one."""
    return lambda: Run(name("run"))


@pytest.fixture
def calls(server: Server) -> Callable[[str], int]:
    """How often the server has done an operation."""
    return lambda operation: server.http("GET", "/_local/calls").json()["counts"].get(operation, 0)


@pytest.fixture
def endpoints(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """What makes hooks and operators speak to the server: settings of endpoints, and nothing else."""
    for service in ("PERSONALIZE", "PERSONALIZE_RUNTIME", "PERSONALIZE_EVENTS", "STS"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", f"http://127.0.0.1:{server.port}")
    connection = {"conn_type": "aws", "login": "any", "password": "any", "extra": {"region_name": REGION}}
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps(connection))


@pytest.fixture
def slowly(server: Server) -> Iterator[Callable[[], None]]:
    """From its call to the end of the test, the service takes ten minutes over everything."""
    yield lambda: server.http("PUT", "/_local/delays", json={"in_progress_seconds": 600}).raise_for_status()
    server.http("PUT", "/_local/delays", json={}).raise_for_status()


@pytest.fixture
def faults(server: Server) -> Iterator[Callable[..., None]]:
    """Makes the service fail, until the end of the test."""
    yield lambda *rules: server.http("PUT", "/_local/faults", json=rules).raise_for_status()
    server.http("DELETE", "/_local/faults").raise_for_status()
