"""
### Watch the age of what customers see

**What.** Says how old the newest imported interactions are, and the version that each campaign serves, and fails where
one is older than the group's `freshness` allows. It asks the workspace and Personalize, and no other DAG: an import
that is paused, broken, or succeeds every night without a row is found here.

**When.** Every day, by the group's `schedules.freshness`, before the people who rely on it start work; or by hand.

**Output.** The ages, in the log. Nothing is changed.

**If it fails.** One mail a day, as long as it lasts, says what is too old and what to look at. Mend that; there is
nothing to clear here. Skipped means that nothing was imported yet.

**Run it again?** Yes, at any time.
"""

from typing import Any

from airflow.sdk import DAG, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from alerts.mail import FOUND, on_failed_check
from amazon_personalize import resources
from amazon_personalize.hook import PersonalizeHook
from dags.conventions import AWS_CONN_ID, cron, dag_arguments, s3
from include import config
from include.config import Alerts, DatasetGroup
from include.datasets import freshness
from include.datasets.night import written


def watch_freshness(group: DatasetGroup) -> DAG:
    """Build the DAG that watches a dataset group's age.

    A Deadline Alert would be told of a run that is late. A DAG that is paused has no run to be late, and a run that
    imports nothing is on time: only the data's own age shows either.
    """

    @dag(
        dag_id=f"{group.name}.watch_freshness",
        schedule=cron(group.schedules.freshness),
        doc_md=__doc__,
        **_one_mail(dag_arguments(group), group.alerts),
    )
    def build() -> None:
        @task
        def check_ages() -> list[str]:
            """Compare the ages with their limits; too old is a failure that no retry mends."""
            hook = PersonalizeHook(aws_conn_id=AWS_CONN_ID)
            versions = {solution.name: _created(hook, solution.campaign_name) for solution in group.solutions}
            nights = written.recorded(s3(), group.storage, "interactions")
            ages = freshness.ages(group.freshness, hook.now(), nights, versions)
            if not ages:
                raise AirflowSkipException(f"Nothing was imported into {group.name} yet: there is no age to watch.")
            stale = [age.said for age in ages if age.stale]
            if stale:
                get_current_context()["ti"].xcom_push(key=FOUND, value=stale)
                raise AirflowFailException(" ".join(stale))
            return [age.said for age in ages]

        check_ages()

    return build()


def _one_mail(arguments: dict[str, Any], alerts: Alerts) -> dict[str, Any]:
    """The conventions, with one mail a failed run: at the DAG's level, which a killed worker reaches too."""
    silent_tasks = {**arguments["default_args"], "on_failure_callback": None}
    return {
        **arguments,
        "on_failure_callback": [on_failed_check(alerts.to, alerts.webhook)],
        "default_args": silent_tasks,
    }


def _created(hook: PersonalizeHook, campaign: str) -> Any:
    """When the version that a campaign serves was created; None where nothing serves."""
    serving = hook.serving(campaign)
    version = hook.describe(resources.SOLUTION_VERSION, serving) if serving else None
    return version["creationDateTime"] if version else None


for dataset_group in config.load():
    watch_freshness(dataset_group)
