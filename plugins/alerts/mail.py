"""What is told of failures, of checks, and of reports.

Failures are told at both levels: a task killed with SIGKILL calls no task callback, and a DAG callback does not name
each task. What a task's message has told, the run's does not tell again.
"""

import logging
from collections.abc import Callable
from typing import Any

from airflow.sdk import Context

from alerts.message import Message
from alerts.places import run_url
from alerts.send import send

FOUND = "found"  # the XCom of a check: sentences
TOLD = "told"  # the XCom of a task that was told: the ids of the tasks whose failures its message is about
# The XCom of a task that knows more than its exception: any of subject, paragraphs, table and links of a Message.
MORE = "more"
RESUMES = "When the cause is mended, clear the task: it resumes, it does not pay again."

Callback = Callable[[Context], None]


def on_task_failure(to: list[str], webhook: str | None = None) -> Callback:
    """Build the callback that tells a failed task's error and log, and what the task pushed as XCom `MORE`.

    webhook: see `alerts.send.send`, in each function here.
    """

    def tell(context: Context) -> None:
        ti: Any = context["ti"]
        more = _pulled(ti, MORE) or {}
        exception = context.get("exception")
        message = Message(
            subject=more.get("subject", f"[airflow] {_dag_id(context)}: {ti.task_id} failed"),
            paragraphs=(
                str(exception or "The worker was lost: no exception reached Airflow."),
                *more.get("paragraphs", [RESUMES]),
                f"Task {ti.task_id} of {_dag_id(context)}, attempt {ti.try_number}, run {context['run_id']}.",
            ),
            table=more.get("table"),
            links={"Log": ti.log_url, "Run": run_url(_dag_id(context), context["run_id"]), **more.get("links", {})},
        )
        send(message, to, webhook)
        if exception:  # else this is not the task's own process, and XComs can only be read
            ti.xcom_push(key=TOLD, value=[ti.task_id])

    return tell


def on_dag_failure(to: list[str], webhook: str | None = None) -> Callback:
    """Build the callback that tells a failed DAG run, unless messages have told already all that failed in it."""

    def tell(context: Context) -> None:
        if _all_told(context):
            return
        run_id, dag_id = context["run_id"], _dag_id(context)
        said = (
            f"Run {run_id} of {dag_id} failed: {context.get('reason') or 'no reason given'}.",
            'What the DAG\'s own page says under "If it fails" is what to do next.',
        )
        send(Message(f"[airflow] {dag_id}: run failed", said, links={"Run": run_url(dag_id, run_id)}), to, webhook)

    return tell


def on_failed_check(to: list[str], webhook: str | None = None) -> Callback:
    """Build the callback of a DAG that is one check, for the DAG level alone: one message a failed run, never two.

    The check pushes its sentences as XCom `FOUND` before it fails; a check that was lost on the way is told too.
    """

    def tell(context: Context) -> None:
        ti: Any = context.get("ti")
        found = (_pulled(ti, FOUND) if ti else None) or ["The check came to no answer."]
        dag_id, run_id = _dag_id(context), context["run_id"]
        message = Message(
            f"[airflow] {dag_id}: needs a look",
            (*found, f"Run {run_id} of {dag_id}."),
            links={"Log": ti.log_url} if ti else {"Run": run_url(dag_id, run_id)},
        )
        send(message, to, webhook)

    return tell


def send_report(to: list[str], subject: str, text: str, webhook: str | None = None) -> None:
    """Send a text as it stands, in a typewriter's letters; raises RuntimeError where it is refused."""
    send(Message(" ".join(subject.split()), table=text), to, webhook)


def _dag_id(context: Context) -> str:
    return str(context["dag"].dag_id)


def _pulled(ti: Any, key: str) -> Any:
    """What the task pushed; None where it cannot be read, since what failed must be told all the same."""
    try:
        return ti.xcom_pull(task_ids=ti.task_id, key=key, map_indexes=ti.map_index)
    except Exception:
        logging.getLogger(__name__).exception("XCom %s of %s cannot be read.", key, ti.task_id)
        return None


def _all_told(context: Context) -> bool:
    ti: Any = context.get("ti")
    if ti is None or context.get("reason") != "task_failure":
        return False
    try:
        states = ti.get_task_states(dag_id=ti.dag_id, run_ids=[ti.run_id])[ti.run_id]
        failed = {task_id for task_id, state in states.items() if state == "failed"}
        told = {task_id for ids in ti.xcom_pull(task_ids=sorted(failed), key=TOLD) or () for task_id in ids or ()}
    except Exception:
        logging.getLogger(__name__).exception("What was told already cannot be read; one message too many is better.")
        return False
    return bool(failed) and failed <= told
