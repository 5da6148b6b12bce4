"""
### Tune hyperparameters

**What.** For each solution with `cadence.hpo_every_days`: lets Personalize look for better hyperparameters, by training
a solution of its own, `<name>-hpo`, with performHPO, and proposes what was found. Nothing that serves is touched.

**When.** By the clock of `schedules.train_full` once the last search is `cadence.hpo_every_days` old; by hand, at once.
A search costs many trainings: see `hpoConfig.hpoResourceConfig.maxNumberOfTrainingJobs`.

**Output.** A mail, the log, and `<workspace>/reports/tuning/<solution>/`: the tuned values as YAML, to be pasted into
the solution with a new name, because the settings of a solution never change. Every FULL from then on uses them.

**If it fails.** The mail has Personalize's reason. Nothing else waits for it. Mend the cause and clear the task.

**Run it again?** Clearing a task resumes and pays nothing twice. A new run by hand searches anew.
"""

from airflow.sdk import DAG, TaskGroup, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from alerts.mail import send_report
from amazon_personalize import resources
from amazon_personalize.hook import PersonalizeHook
from amazon_personalize.operators.jobs import PersonalizeCreateSolutionVersionOperator
from amazon_personalize.operators.resources import PersonalizeCreateSolutionOperator
from dags.conventions import AWS_CONN_ID, cron, dag_arguments, s3
from include import config
from include.config import DatasetGroup, Solution
from include.config.solutions import TUNED
from include.training import lineage, tuning


def tune_solutions(group: DatasetGroup) -> DAG:
    """Build the tuning DAG of a dataset group."""

    @dag(
        dag_id=f"{group.name}.tune_solutions",
        schedule=cron(group.schedules.train_full),
        doc_md=__doc__,
        **dag_arguments(group),
    )
    def build() -> None:
        for solution in group.solutions:
            if solution.cadence.hpo_every_days:
                tune_solution(group, solution, solution.cadence.hpo_every_days)

    return build()


def tune_solution(group: DatasetGroup, solution: Solution, every_days: int) -> None:
    """Build the tasks of one solution."""
    with TaskGroup(solution.name):
        create_solution = PersonalizeCreateSolutionOperator(
            task_id="create_solution",
            dataset_group=group.name,
            recipe=solution.recipe,
            request=tuning.request(solution),
        )

        @task
        def choose_training(solution_arn: str) -> str:
            """Search where it is time for it, or a person wants it."""
            hook = PersonalizeHook(aws_conn_id=AWS_CONN_ID)
            past = lineage.versions(hook.solution_versions(solution_arn))
            by_clock = get_current_context()["dag_run"].run_type == "scheduled"
            if by_clock and not tuning.is_due(every_days, past, hook.now()):
                raise AirflowSkipException(f"The last search is less than {every_days} days old.")
            return "FULL"

        train = PersonalizeCreateSolutionVersionOperator(
            task_id="train",
            dataset_group=group.name,
            name_prefix=f"{solution.name}{TUNED}",
            request={
                "solutionArn": create_solution.output,
                "trainingMode": choose_training(create_solution.output),
            },
        )

        @task
        def propose(solution_version_arn: str) -> str:
            """Write down, print and mail what was found."""
            hook = PersonalizeHook(aws_conn_id=AWS_CONN_ID)
            version = hook.describe(resources.SOLUTION_VERSION, solution_version_arn) or {}
            if not version.get("tunedHPOParams", {}).get(tuning.FIXED):
                raise AirflowFailException(f"Personalize tells no tuned values of {solution_version_arn}.")
            proposed = tuning.proposal(solution, version, hook.metrics(solution_version_arn))
            uri = tuning.record(s3(), group.storage, solution, version, proposed)
            print(proposed)
            alerts = group.alerts
            subject = f"[airflow] {group.name}: hyperparameters tuned ({solution.name})"
            send_report(alerts.to, subject, f"{proposed}\nKept in {uri}", alerts.webhook)
            return uri

        propose(train.output)


for dataset_group in config.load():
    if any(solution.cadence.hpo_every_days for solution in dataset_group.solutions):
        tune_solutions(dataset_group)
