"""A DAG's run in this process, which also asks Airflow what the DAG's own callbacks ask of it."""

import os
import uuid
from typing import Any

import psutil
import structlog
from airflow.sdk import DAG
from airflow.sdk.execution_time.supervisor import (
    InProcessSupervisorComms,
    InProcessTestSupervisor,
    set_supervisor_comms,
)


def run(dag: DAG, **conf: Any) -> tuple[str, dict[str, str]]:
    """Run a DAG to its end; the state of the run, and those of its tasks by their ids."""
    ended = ended_run(dag, **conf)
    return str(ended.state), {task.task_id: str(task.state) for task in ended.get_task_instances()}


def ended_run(dag: DAG, **conf: Any) -> Any:
    """Run a DAG to its end, and return the run.

    `dag.test` gives tasks what answers their questions about other tasks and XComs, but not the DAG's callbacks, which
    the DAG processor gives it as well.
    """
    supervisor = InProcessTestSupervisor(
        id=uuid.uuid4(),
        pid=os.getpid(),
        process=psutil.Process(),
        process_log=structlog.get_logger(),
        client=InProcessTestSupervisor._api_client(dag),
    )
    supervisor.comms = InProcessSupervisorComms(supervisor=supervisor)
    with set_supervisor_comms(supervisor.comms):
        return dag.test(run_conf=conf)
