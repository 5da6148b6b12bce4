"""What becomes of a version that the gate has blocked."""

from dataclasses import replace
from typing import Any, NoReturn

from airflow.sdk import get_current_context
from airflow.sdk.exceptions import AirflowFailException

from alerts.mail import MORE
from alerts.places import dag_url
from include.config import DatasetGroup, Solution


def fail(group: DatasetGroup, solution: Solution, version_arn: str, verdict: Any) -> NoReturn:
    """End the task with the reason of a Verdict; its mail has the numbers, what to do, and the promote form."""
    from include.training.judgement import table

    told = {
        "subject": f"[airflow] {group.name}: blocked ({solution.name})",
        "paragraphs": [
            "The campaign is as it was, and nobody sees the difference. Mend the data and trigger "
            f"{group.name}.train_solutions with FULL, or let the version through: on the page of the promote form, "
            f"press Trigger and give solution {solution.name}, solution_version {version_arn}, and your reason."
        ],
        "table": table.as_text(replace(verdict, reason="")).strip("\n"),
        "links": {"The promote form": dag_url(f"{group.name}.promote_solution_version")},
    }
    get_current_context()["ti"].xcom_push(key=MORE, value=told)
    raise AirflowFailException(verdict.reason)
