"""Five hundred waits in Airflow's own triggerer: one process, one look each per interval, and no worker slot."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pytest
from airflow.dag_processing.bundles.manager import DagBundlesManager
from airflow.dag_processing.collection import update_dag_parsing_results_in_db
from airflow.models import Pool, TaskInstance, Trigger
from airflow.sdk import DAG
from airflow.sdk.exceptions import TaskDeferred
from airflow.serialization.serialized_objects import DagSerialization, LazyDeserializedDAG
from airflow.utils.session import create_session
from airflow.utils.state import DagRunState, TaskInstanceState
from airflow.utils.types import DagRunTriggeredByType, DagRunType

from amazon_personalize.operators.resources import PersonalizeCreateDatasetGroupOperator
from tests.include.local_personalize.running import Server
from tests.waiting import until

WAITS = 500
INTERVAL = 2  # seconds
TIMESTAMP = re.compile(r'"timestamp":"([^"]+)"')
# Airflow gives a triggerer fifty waits a second; all at once is the harder case, and the shorter test.
AT_ONCE = {"AIRFLOW__TRIGGERER__MAX_TRIGGER_TO_SELECT_PER_LOOP": str(WAITS)}
ARGUMENTS = {"task_id": "wait", "dataset_group": "waits", "waiter_delay": INTERVAL}
REQUEST = {"name": "waits"}


@pytest.fixture
def server(own_server: Callable[..., Server]) -> Server:
    """A server that takes ten minutes over everything."""
    return own_server("--delays", json.dumps({"in_progress_seconds": 600}))


@pytest.fixture
def triggerer(
    airflow_database: None,  # noqa: ARG001 - it reads what is to be waited for there
    endpoints: None,  # noqa: ARG001 - it looks at the server
    tmp_path: Path,
) -> Iterator[psutil.Process]:
    """`airflow triggerer`, which logs to <tmp_path>/logs."""
    command = [sys.executable, "-m", "airflow", "triggerer", "--skip-serve-logs"]
    settings = {"PYTHONPATH": os.pathsep.join(sys.path), "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(tmp_path / "logs")}
    with (tmp_path / "triggerer.log").open("w") as log:
        process = subprocess.Popen(command, env=os.environ | settings | AT_ONCE, stdout=log, stderr=log)
    yield psutil.Process(process.pid)
    process.terminate()
    process.wait(timeout=30)


@pytest.fixture
def waits() -> list[TaskInstance]:
    """The tasks that are to wait, as the scheduler makes them: one mapped task of a run."""
    with DAG("waits", schedule=None) as dag:
        PersonalizeCreateDatasetGroupOperator.partial(**ARGUMENTS).expand(request=[REQUEST] * WAITS)
    with create_session() as session:
        DagBundlesManager().sync_bundles_to_db(session=session)
        session.flush()
        parsed = [LazyDeserializedDAG.from_dag(dag)]
        update_dag_parsing_results_in_db("dags-folder", None, parsed, {}, None, set(), session)
        run = DagSerialization.deserialize_dag(DagSerialization.serialize_dag(dag)).create_dagrun(
            run_id="run",
            run_after=datetime.now(UTC),
            run_type=DagRunType.MANUAL,
            triggered_by=DagRunTriggeredByType.TEST,
            state=DagRunState.RUNNING,
            session=session,
        )
        return run.get_task_instances(session=session)


def defer(waits: list[TaskInstance], context: Any) -> None:
    """Defer each task as the operator does it, for one and the same dataset group."""
    with pytest.raises(TaskDeferred) as deferred:
        PersonalizeCreateDatasetGroupOperator(**ARGUMENTS, request=REQUEST).execute(context)
    with create_session() as session:
        for task in waits:
            task.trigger = Trigger.from_object(deferred.value.trigger)
            task.trigger_timeout = datetime.now(UTC) + deferred.value.timeout
            task.next_method, task.state, task.try_number = deferred.value.method_name, TaskInstanceState.DEFERRED, 1
            session.merge(task)


def looks(log: Path) -> list[datetime]:
    """When the trigger began, and when it was told that its dataset group is in progress."""
    lines = [line for line in log.read_text().splitlines() if " starting" in line or "CREATE IN_PROGRESS" in line]
    return [datetime.fromisoformat(TIMESTAMP.search(line)[1]) for line in lines]


def test_five_hundred_waits_take_one_process_and_no_slot(
    triggerer: psutil.Process, waits: list[TaskInstance], calls: Any, run: Any, tmp_path: Path
) -> None:
    defer(waits, run().context)
    calls_before = calls("DescribeDatasetGroup")

    until(lambda: calls("DescribeDatasetGroup") >= calls_before + 2 * WAITS, "each is looked at twice", 120, 0.2)
    (runner,) = triggerer.children(recursive=True)
    connections = len(runner.net_connections())
    with create_session() as session:
        slots = Pool.slots_stats(session=session)["default_pool"]
    triggerer.terminate()
    triggerer.wait(timeout=30)

    assert (slots["deferred"], slots["running"], slots["queued"]) == (WAITS, 0, 0)
    assert slots["open"] == slots["total"]
    times = [looks(log) for log in (tmp_path / "logs/dag_id=waits").rglob("*.log")]
    assert len(times) == WAITS
    assert min((later - earlier).total_seconds() for each in times for earlier, later in pairwise(each)) >= INTERVAL
    # The log tells each look that was answered, and no more than the connections can have gone unanswered at the end.
    unanswered = calls("DescribeDatasetGroup") - calls_before - sum(len(each) - 1 for each in times)
    assert 0 <= unanswered <= connections <= 20
