"""The one place through which mails leave: of failures, of checks, and of reports.

Failures are told at both levels: a task killed with SIGKILL calls no task callback, and a DAG callback does not name
each task. A new notifier is made for each mail, because rendering changes a notifier's text for good.
"""

import logging
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
FOUND = "found"  # the XCom of a check: sentences
TOLD = "told"  # the XCom of a task that has mailed by itself: the ids of the tasks whose failures its mail is about
CHECK_BODY = """
{% set found = ti is defined and ti.xcom_pull(task_ids=ti.task_id, key='found') -%}
{% for sentence in found or ['The check came to no answer.'] -%}
<p>{{ sentence | e }}</p>
{% endfor -%}
<p>Run {{ run_id }} of <b>{{ dag.dag_id }}</b>. {% if ti is defined %}<a href="{{ ti.log_url }}">Log</a>.{% endif %}</p>
"""
# Text is handed over as a variable: as a template, what users wrote in it would be run.
REPORT_SUBJECT, REPORT_BODY = "{{ report_subject }}", "<pre>{{ report_text | e }}</pre>"

Callback = Callable[[Context], None]


def on_task_failure(to: list[str]) -> Callback:
    """Build the callback that mails a failed task's error and log."""
    return _mailer(to, "[airflow] {{ dag.dag_id }}: {{ ti.task_id }} failed", TASK_BODY)


def on_dag_failure(to: list[str]) -> Callback:
    """Build the callback that mails a failed DAG run, unless a task has mailed already about all that failed in it."""
    tell = _mailer(to, "[airflow] {{ dag.dag_id }}: run failed", DAG_BODY)

    def mail(context: Context) -> None:
        if not _all_told(context):
            tell(context)

    return mail


def on_failed_check(to: list[str]) -> Callback:
    """Build the callback of a DAG that is one check, for the DAG level alone: one mail a failed run, never two.

    The check pushes its sentences as XCom `FOUND` before it fails; a check that was lost on the way is told too.
    """
    return _mailer(to, "[airflow] {{ dag.dag_id }}: needs a look", CHECK_BODY)


def send_report(to: list[str], subject: str, text: str) -> None:
    """Mail a text as it stands, in a typewriter's letters; raises what the mail server refuses."""
    notifier: Any = SmtpNotifier(to=to, subject=REPORT_SUBJECT, html_content=REPORT_BODY)
    notifier({"report_subject": " ".join(subject.split()), "report_text": text})


def _all_told(context: Context) -> bool:
    ti: Any = context.get("ti")
    if ti is None or context.get("reason") != "task_failure":
        return False
    try:
        states = ti.get_task_states(dag_id=ti.dag_id, run_ids=[ti.run_id])[ti.run_id]
        failed = {task_id for task_id, state in states.items() if state == "failed"}
        told = {task_id for ids in ti.xcom_pull(task_ids=sorted(failed), key=TOLD) or () for task_id in ids or ()}
    except Exception:
        logging.getLogger(__name__).exception("Whether a mail was sent already cannot be told; one too many is better.")
        return False
    return bool(failed) and failed <= told


def _mailer(to: list[str], subject: str, body: str) -> Callback:
    def mail(context: Context) -> None:
        notifier: Any = SmtpNotifier(to=to, subject=subject, html_content=body)
        notifier(context)

    return mail
