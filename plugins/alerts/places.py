"""Addresses in Airflow's UI, for people who read of something elsewhere."""

from typing import Any
from urllib.parse import quote

from airflow.providers.common.compat.sdk import conf


def dag_url(dag_id: str) -> str:
    """The page of a DAG, where its Trigger button is."""
    base = conf.get("api", "base_url", fallback=None) or "http://localhost:8080"
    return f"{base.rstrip('/')}/dags/{quote(dag_id)}"


def run_url(dag_id: str, run_id: str) -> str:
    """The page of a DAG run."""
    return f"{dag_url(dag_id)}/runs/{quote(run_id)}"


def question_url(ti: Any) -> str:
    """Where the question that a task instance asks is answered."""
    return f"{run_url(ti.dag_id, ti.run_id)}/tasks/{quote(ti.task_id)}/required_actions"
