"""Mail on failure, of a task and of a DAG run.

Both levels are needed: a task killed with SIGKILL calls no task callback, and a DAG callback does not name each task.
A new notifier is made for each mail, because rendering changes a notifier's text for good.
"""

from collections.abc import Callable
from typing import Any

from airflow.providers.smtp.notifications.smtp import SmtpNotifier
from airflow.sdk import Context

TASK_BODY = """
<p>Task <b>{{ ti.task_id }}</b> of <b>{{ dag.dag_id }}</b> failed at attempt {{ ti.try_number }}.</p>
<p>{{ exception | default('The worker was lost: no exception reached Airflow.', true) | e }}</p>
<p>Run {{ run_id }}. <a href="{{ ti.log_url }}">Log</a>.
When the cause is mended, clear the task: it resumes, it does not pay again.</p>
"""
DAG_BODY = """
<p>Run <b>{{ run_id }}</b> of <b>{{ dag.dag_id }}</b> failed: {{ reason | default('no reason given', true) }}.</p>
<p>What the DAG's own page says under "If it fails" is what to do next.</p>
"""

Callback = Callable[[Context], None]


def on_task_failure(to: list[str]) -> Callback:
    """Build the callback that mails a failed task's error and log."""
    return _mailer(to, "[airflow] {{ dag.dag_id }}: {{ ti.task_id }} failed", TASK_BODY)


def on_dag_failure(to: list[str]) -> Callback:
    """Build the callback that mails a failed DAG run."""
    return _mailer(to, "[airflow] {{ dag.dag_id }}: run failed", DAG_BODY)


def _mailer(to: list[str], subject: str, body: str) -> Callback:
    def mail(context: Context) -> None:
        notifier: Any = SmtpNotifier(to=to, subject=subject, html_content=body)
        notifier(context)

    return mail
