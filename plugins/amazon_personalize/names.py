"""Names that follow from a DAG run: the same at every attempt of the run, another for every other run."""

import hashlib
from typing import Any


def run_key(dag_run: Any) -> str:
    """Spell a run in 24 characters that sort by time: 20261122T030000-1a2b3c4d."""
    digest = hashlib.sha256(f"{dag_run.dag_id} {dag_run.run_id}".encode()).hexdigest()[:8]
    return f"{dag_run.run_after:%Y%m%dT%H%M%S}-{digest}"


def run_name(prefix: str, dag_run: Any) -> str:
    """Name what a run creates; at most 60 of the 63 characters Personalize allows, so that a number fits behind."""
    return f"{prefix[:35]}-{run_key(dag_run)}"
