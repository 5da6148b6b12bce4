"""What becomes of a version that the gate has blocked: a failure, or a question (`gate.on_block`)."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

from airflow.sdk import get_current_context, task
from airflow.sdk.exceptions import AirflowFailException

from alerts.ask import AskOperator
from alerts.mail import MORE
from alerts.places import dag_url
from include.config import DatasetGroup, Solution

if TYPE_CHECKING:
    from include.training.judgement.verdict import Verdict


def fail(group: DatasetGroup, solution: Solution, version_arn: str, verdict: "Verdict") -> NoReturn:
    """End the task with the reason of a Verdict; its mail has the numbers, what to do, and the promote form."""
    get_current_context()["ti"].xcom_push(key=MORE, value=_told(group, solution, version_arn, verdict, "blocked"))
    raise AirflowFailException(verdict.reason)


def fail_or_ask(group: DatasetGroup, solution: Solution, version_arn: str, verdict: "Verdict") -> dict[str, Any]:
    """Fail the task of a blocked version, or give what `ask` asks: question and rejected, see alerts.ask.AskOperator.

    Of a version that passed, nothing is asked: both are empty.
    """
    if verdict.passed:
        return {"question": {}, "rejected": {}}
    if solution.gate.on_block == "fail":
        fail(group, solution, version_arn, verdict)
    asked = _told(group, solution, version_arn, verdict, "blocked, may it serve?")
    choice = (
        f"Approve: {version_arn} serves. Reject, or no answer within {solution.gate.ask_hours:g} hours: it stays "
        "blocked. Until then the campaign is as it was, and no other training of the group begins."
    )
    return {
        "question": {**asked, "paragraphs": [verdict.reason, choice]},
        "rejected": {
            **_told(group, solution, version_arn, verdict, "stays blocked"),
            "paragraphs": [verdict.reason, *asked["paragraphs"]],
        },
    }


def ask(group: DatasetGroup, solution: Solution, judged: Any) -> Any:
    """Build the tasks that wait for a person where a version was blocked; returns the output that is promoted.

    `judged` is the output of a task: what dags/promotion.py promotes, and what `fail_or_ask` gives.
    """
    answer = AskOperator(
        task_id="ask",
        question=judged["question"],
        rejected=judged["rejected"],
        hours=solution.gate.ask_hours,
        to=group.alerts.to,
        webhook=group.alerts.webhook,
    )

    @task(multiple_outputs=True)
    def let_through(promoted: dict[str, Any], answered: dict[str, Any] | None) -> dict[str, Any]:
        """Pass on what the gate has passed, and what a person has let through with a reason."""
        if not answered:
            return promoted
        by, why = answered["responded_by_user"] or {}, answered["params_input"].get("reason")
        said = f"Let through by {by.get('name', 'a person')}: {why or 'no reason given'}."
        return {**promoted, "reason": f"{said} {promoted['reason']}"}

    return let_through(judged, answer.output)


def _told(group: DatasetGroup, solution: Solution, version_arn: str, verdict: "Verdict", what: str) -> dict[str, Any]:
    from include.training.judgement import table

    return {
        "subject": f"[airflow] {group.name}: {what} ({solution.name})",
        "paragraphs": [
            "The campaign is as it was, and nobody sees the difference. Mend the data and trigger "
            f"{group.name}.train_solutions with FULL, or let the version through: on the page of the promote form, "
            f"press Trigger and give solution {solution.name}, solution_version {version_arn}, and your reason."
        ],
        "table": table.as_text(replace(verdict, reason="")).strip("\n"),
        "links": {"The promote form": dag_url(f"{group.name}.promote_solution_version")},
    }
