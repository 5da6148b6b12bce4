"""
### Hand fresh recommendations to Braze

**What.** For each export: asks the champion, by one batch inference job, for recommendations for every user that was
ever imported; makes Braze rows of the answers, checks each against Braze's rules, and publishes the files.

**When.** Every morning, by the group's `schedules.export`, whether or not the night's training passed the gate: what is
exported is what the campaign serves. By hand at any time.

**Output.** Files in `<delivery>/cdi/<export>/`, the one folder that Braze reads; a manifest whose counts add up in
`<delivery>/_manifests/`; users without a row, with the rule that forbids it, in `<delivery>/_rejects/`.

**If it fails.** Before `publish`, Braze has seen nothing. Mend the cause and clear the task: the batch inference job
that was paid for is found again. A file that was published is never published twice.

**Run it again?** Clearing resumes. A new run pays for a new batch inference job and sends every user a new row.
"""

from typing import Any

from airflow.sdk import DAG, TaskGroup, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from amazon_personalize.hook import PersonalizeHook
from amazon_personalize.names import run_key
from amazon_personalize.operators.jobs import PersonalizeCreateBatchInferenceJobOperator
from dags.conventions import AWS_CONN_ID, cron, dag_arguments, s3
from include import config
from include.config import DatasetGroup, Export, Solution
from include.s3 import Place


def export_recommendations(group: DatasetGroup) -> DAG:
    """Build the export DAG of a dataset group."""

    @dag(
        dag_id=f"{group.name}.export_recommendations",
        schedule=cron(group.schedules.export),
        doc_md=__doc__,
        **dag_arguments(group),
    )
    def build() -> None:
        for solution in group.solutions:
            for export in solution.exports:
                export_to_braze(group, solution, export)

    return build()


def export_to_braze(group: DatasetGroup, solution: Solution, export: Export) -> None:
    """Build the tasks of one export."""
    with TaskGroup(export.name):

        @task(multiple_outputs=True)
        def write_batch_input() -> dict[str, Any]:
            """Write the users to ask for, and say which version to ask."""
            from include.delivery import batch_input

            champion_arn = PersonalizeHook(aws_conn_id=AWS_CONN_ID).serving(solution.campaign_name)
            if champion_arn is None:
                raise AirflowSkipException(f"Campaign {solution.campaign_name} is not there yet: nothing to export.")
            batch_id = run_key(get_current_context()["dag_run"])
            batch = Place.of(group.storage.workspace) / "batch" / export.name / batch_id
            users = batch_input.write_users(s3(), group.storage, batch / "input/users.json")
            print(f"{users} users")
            return {
                "batch_id": batch_id,
                "solution_version_arn": champion_arn,
                "input": f"{batch}/input/users.json",
                "output": f"{batch}/output/",
            }

        batch = write_batch_input()
        infer = PersonalizeCreateBatchInferenceJobOperator(
            task_id="batch_inference",
            dataset_group=group.name,
            role=group.role,
            name_prefix=f"{group.name}-{export.name}",
            request={
                **export.create,
                "solutionVersionArn": batch["solution_version_arn"],
                "jobInput": {"s3DataSource": {"path": batch["input"]}},
                "jobOutput": {"s3DataDestination": {"path": batch["output"]}},
            },
        )

        @task
        def build_braze_files(batch_id: str) -> dict[str, Any]:
            """Make and check the files; users = rows + rejected."""
            from include.delivery import publish
            from include.delivery.batch_output import BatchOutputError
            from include.delivery.part_files import DeliveryError

            moment = get_current_context()["dag_run"].run_after
            try:
                return publish.build(s3(), group, export, batch_id, moment)
            except (BatchOutputError, DeliveryError) as error:
                raise AirflowFailException(str(error)) from None

        @task(task_id="publish")
        def publish_files(manifest: dict[str, Any]) -> list[str]:
            """Copy the files to where Braze reads."""
            from include.delivery import publish

            return publish.publish(s3(), group, export, manifest)

        braze_files = build_braze_files(batch["batch_id"])
        infer >> braze_files >> publish_files(braze_files)


for dataset_group in config.load():
    export_recommendations(dataset_group)
