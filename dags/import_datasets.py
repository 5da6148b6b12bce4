"""
### Import a night's data into Amazon Personalize

**What.** Takes every CSV below `<incoming>/<dataset>/` that no import has taken yet, checks it row by row, stages the
good rows and imports them: FULL the first time, INCREMENTAL ever after. Creates the dataset group, schemas and datasets
where they are missing.

**When.** Every night, by the group's `schedules.import`; or by hand, at any time.

**Output.** Rows in Personalize; rows that must not be imported in `<workspace>/set_aside/`, as they came, with line and
reason; counts in `<workspace>/reports/imports/`; an asset event that starts training, if anything was imported.

**If it fails.** The mail says which file, line and column, or Personalize's own reason. Mend the file or the data and
clear the failed task: it resumes, and what was imported is not imported again. Fewer than 1,000 new interactions are no
failure: they wait for the next night.

**Run it again?** Yes, at any time: files that were imported are not new.
"""

from dataclasses import asdict
from typing import Any

from airflow.sdk import DAG, TaskGroup, TriggerRule, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from amazon_personalize.names import run_key
from amazon_personalize.operators.jobs import PersonalizeCreateDatasetImportJobOperator
from amazon_personalize.operators.resources import (
    PersonalizeCreateDatasetGroupOperator,
    PersonalizeCreateDatasetOperator,
    PersonalizeCreateSchemaOperator,
)
from dags.conventions import cron, dag_arguments, imported, s3
from include import config, workspace
from include.config import DatasetGroup, DatasetType
from include.datasets import avro, stage
from include.datasets.check import UnusableFileError
from include.s3 import Place, write_json


def import_datasets(group: DatasetGroup) -> DAG:
    """Build the import DAG of a dataset group."""

    @dag(
        dag_id=f"{group.name}.import_datasets",
        schedule=cron(group.schedules.import_),
        doc_md=__doc__,
        **dag_arguments(group),
    )
    def build() -> None:
        create_dataset_group = PersonalizeCreateDatasetGroupOperator(
            task_id="create_dataset_group", dataset_group=group.name, request=group.dataset_group.create
        )

        @task(outlets=[imported(group)], trigger_rule=TriggerRule.NONE_FAILED)
        def report() -> str:
            """Write the night's counts; tell the training DAG if anything was imported."""
            context = get_current_context()
            staged = {
                kind: context["ti"].xcom_pull(task_ids=f"{kind}.check_and_stage", key="staged")
                for kind in group.datasets
            }
            run = run_key(context["dag_run"])
            place = Place.of(group.storage.workspace) / "reports/imports" / f"{run}.json"
            uri = write_json(
                s3(), place, {"run_key": run, "datasets": {kind: _counts(staged[kind]) for kind in staged}}
            )
            if not any(night["location"] for night in staged.values()):
                raise AirflowSkipException("Nothing new was imported: no training is due.")
            return uri

        datasets = [import_dataset(group, kind, create_dataset_group) for kind in group.datasets]
        datasets >> report()

    return build()


def import_dataset(
    group: DatasetGroup, kind: DatasetType, create_dataset_group: PersonalizeCreateDatasetGroupOperator
) -> Any:
    """Build the tasks of one dataset."""
    fields = group.datasets[kind].fields
    staged = f"ti.xcom_pull(task_ids='{kind}.check_and_stage', key='staged')"

    with TaskGroup(kind) as tasks:
        create_schema = PersonalizeCreateSchemaOperator(
            task_id="create_schema",
            dataset_group=group.name,
            request={"name": avro.schema_name(group.name, kind, fields), "schema": avro.schema(kind, fields)},
        )
        create_dataset = PersonalizeCreateDatasetOperator(
            task_id="create_dataset",
            dataset_group=group.name,
            request={
                "name": f"{group.name}-{kind}",
                "datasetType": kind.capitalize(),
                "schemaArn": create_schema.output,
            },
        )

        @task
        def check_and_stage() -> None:
            """Check the new files and stage the good rows; skip the import where there is none."""
            context = get_current_context()
            try:
                night = stage.stage(s3(), group.storage, kind, fields, run_key(context["dag_run"]))
            except UnusableFileError as error:
                raise AirflowFailException(str(error)) from None
            context["ti"].xcom_push(key="staged", value=asdict(night))
            if night.location is None:
                raise AirflowSkipException(night.note)

        import_files = PersonalizeCreateDatasetImportJobOperator(
            task_id="import",
            dataset_group=group.name,
            role=group.role,
            name_prefix=f"{group.name}-{kind}",
            request={
                "datasetArn": create_dataset.output,
                "dataSource": {"dataLocation": f"{{{{ {staged}['location'] }}}}"},
            },
        )

        @task
        def record(dataset_import_job_arn: str) -> str:
            """Write down which files the import has taken."""
            context = get_current_context()
            night = context["ti"].xcom_pull(task_ids=f"{kind}.check_and_stage", key="staged")
            taken = {**night, "dataset_import_job_arn": dataset_import_job_arn}
            return workspace.record_import(s3(), group.storage, kind, run_key(context["dag_run"]), taken)

        [create_dataset_group, create_schema] >> create_dataset
        [create_dataset, check_and_stage()] >> import_files >> record(import_files.output)
    return tasks


def _counts(night: dict[str, Any]) -> dict[str, Any]:
    rows_imported = night["rows_staged"] if night["location"] else 0
    return {
        "rows_read": night["rows_read"],
        "rows_imported": rows_imported,
        "rows_set_aside": night["rows_set_aside"],
        "rows_carried": night["rows_staged"] - rows_imported,
        "set_aside_columns": night["set_aside_columns"],
        "set_aside_location": night["set_aside_location"],
        "note": night["note"],
    }


for dataset_group in config.load():
    import_datasets(dataset_group)
