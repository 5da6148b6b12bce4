"""What every DAG of the programme has in common."""

from datetime import timedelta
from typing import Any

from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.sdk import Asset, MultipleCronTriggerTimetable

from alerts.mail import on_dag_failure, on_task_failure
from amazon_personalize.unreachable import explained
from include.config import DatasetGroup

AWS_CONN_ID = "aws_default"


def dag_arguments(group: DatasetGroup) -> dict[str, Any]:
    """Arguments of @dag: one run at a time, no catching up, retries that resume, mail on failure at both levels.

    A run may take two days, which even the largest training does not; what hangs for longer is told as a failure.
    """
    return {
        "catchup": False,
        "max_active_runs": 1,
        "dagrun_timeout": timedelta(days=2),
        "tags": ["personalize", group.name],
        "on_failure_callback": [on_dag_failure(group.alerts.to, group.alerts.webhook)],
        "default_args": {
            "retries": 3,
            "retry_exponential_backoff": 2.0,
            "on_failure_callback": [on_task_failure(group.alerts.to, group.alerts.webhook)],
        },
    }


def cron(*expressions: str) -> MultipleCronTriggerTimetable:
    """Run at these times, UTC, and at none that passed before the DAG was switched on: a FULL is paid for when due.

    Airflow would otherwise start the last tick at once, whatever catchup says.
    """
    return MultipleCronTriggerTimetable(*expressions, timezone="UTC", run_immediately=timedelta())


def imported(group: DatasetGroup) -> Asset:
    """The asset that says new data is in the group's datasets."""
    return Asset(name=f"{group.name}.datasets", uri=f"personalize://{group.name}/datasets")


def s3() -> Any:
    """The S3 client of the AWS connection."""
    return explained(S3Hook(aws_conn_id=AWS_CONN_ID).conn)
