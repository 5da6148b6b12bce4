"""
### Import a night's data into Amazon Personalize

**What.** Takes what the shop has and no night has taken yet (objects in S3, rows of a query), checks it row by row and
as a whole, and gives Personalize exactly what is new, once: FULL the first time, INCREMENTAL ever after. Creates the
dataset group, schemas and datasets where they are missing, and adds the fields that the YAML adds.

**When.** Every night, by the group's `schedules.import`; or by hand, at any time.

**Output.** Rows in Personalize; rows that must not be imported in `<workspace>/quarantine/`, as they came, with source,
line and reason; a report in `<workspace>/reports/imports/`, in the log of `report`, and in a mail where somebody should
read it; an asset event that starts training, if anything was imported.

**If it fails.** The mail says which file, line and column, which threshold, or Personalize's own reason. Mend the cause
and clear the failed task: it resumes, and what was imported is not imported again. A night unlike the recent ones stops
at `gather`: if it is right, trigger the DAG with `accept_drift`. `all_files_read` red means that a file could not be
read at all: the others are imported, and the mended file is taken by the next run. Fewer than 1,000 new interactions
are no failure: they wait for the next night, or go by PutEvents, as `small_night` says.

**Run it again?** Yes, at any time: what a night has taken is not new. A cleared run takes what it had claimed.
"""

from typing import Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, Param, TaskGroup, TriggerRule, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from amazon_personalize.operators.event_tracker import PersonalizeCreateEventTrackerOperator
from amazon_personalize.operators.jobs import PersonalizeCreateDatasetImportJobOperator
from amazon_personalize.operators.resources import (
    PersonalizeCreateDatasetGroupOperator,
    PersonalizeCreateDatasetOperator,
    PersonalizeCreateSchemaOperator,
)
from dags import nights, sources
from dags.conventions import cron, dag_arguments, imported
from include import config
from include.config import DatasetGroup, DatasetType
from include.datasets import avro


def import_datasets(group: DatasetGroup) -> DAG:
    """Build the import DAG of a dataset group."""

    @dag(
        dag_id=f"{group.name}.import_datasets",
        schedule=cron(group.schedules.import_),
        params={
            "accept_drift": Param(
                False, type="boolean", description="Import a night although a check stops it as unlike the recent ones."
            )
        },
        doc_md=__doc__,
        **dag_arguments(group),
    )
    def build() -> None:
        create_dataset_group = PersonalizeCreateDatasetGroupOperator(
            task_id="create_dataset_group", dataset_group=group.name, request=group.dataset_group.create
        )
        # Interactions are held against the ids of items and users, whatever became of these.
        items_and_users_done = EmptyOperator(task_id="items_and_users_done", trigger_rule=TriggerRule.ALL_DONE)

        @task(trigger_rule=TriggerRule.ALL_DONE)
        def report() -> dict[str, Any]:
            """Write the night's report, whatever became of the night."""
            return nights.report(group)

        @task
        def mail_report(told: dict[str, Any]) -> None:
            """Mail the report where somebody should read it; apart, so that a mail server stops nothing else."""
            nights.mail_report(group, told)

        @task
        def all_files_read(told: dict[str, Any]) -> None:
            """Fail where a file could not be read at all, so that somebody mends it."""
            refused = [source["reason"] for dataset in told["datasets"].values() for source in dataset["refused"]]
            if refused:
                raise AirflowFailException(" ".join(refused))

        @task(outlets=[imported(group)], trigger_rule=TriggerRule.NONE_FAILED)
        def announce(told: dict[str, Any]) -> None:
            """Tell the training DAG what came, if anything did."""
            if not any(dataset["channel"] in ("import", "events") for dataset in told["datasets"].values()):
                raise AirflowSkipException("Nothing new was imported: no training is due.")
            rows = {kind: dataset["rows_imported"] for kind, dataset in told["datasets"].items()}
            event = get_current_context()["outlet_events"][imported(group)]
            event.extra = {"rows_imported": rows, "newest_event": told["newest_event"], "run_key": told["run_key"]}

        others = [kind for kind in group.datasets if kind != "interactions"]
        groups = [import_dataset(group, kind, create_dataset_group) for kind in others]
        interactions = import_dataset(group, "interactions", create_dataset_group, items_and_users_done)
        groups >> items_and_users_done
        told = report()
        [*groups, interactions] >> told
        [*groups, interactions] >> announce(told)
        all_files_read(told)
        mail_report(told)

    return build()


def import_dataset(
    group: DatasetGroup,
    kind: DatasetType,
    create_dataset_group: PersonalizeCreateDatasetGroupOperator,
    before_gathering: EmptyOperator | None = None,
) -> TaskGroup:
    """Build the tasks of one dataset."""
    fields = group.datasets[kind].fields
    night = f"ti.xcom_pull(task_ids='{kind}.gather', key='night')"

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
        def plan() -> list[int]:
            """Claim what no night has taken; nothing new skips all that follows."""
            return nights.plan(group, kind)

        @task
        def check(number: int) -> dict[str, int]:
            """Check a portion of the night, row by row; there is one of these for each."""
            return nights.check(group, kind, number)

        @task.branch
        def gather() -> str:
            """Put the portions together, and choose how the night goes to Personalize, if it does."""
            found = nights.gather(group, kind)
            get_current_context()["ti"].xcom_push(key="night", value=found)
            return f"{kind}.{ {'import': 'import', 'events': 'send_events'}.get(found['channel'], 'record') }"

        import_files = PersonalizeCreateDatasetImportJobOperator(
            task_id="import",
            dataset_group=group.name,
            role=group.role,
            name_prefix=nights.import_name(group, kind),
            request={
                "datasetArn": create_dataset.output,
                "dataSource": {"dataLocation": f"{{{{ {night}['location'] }}}}"},
                "importMode": f"{{{{ {night}['import_mode'] }}}}",
            },
        )

        @task(trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS)
        def record() -> None:
            """Write down what Personalize has; from here on it counts as taken."""
            nights.record(group, kind, get_current_context()["ti"].xcom_pull(task_ids=f"{kind}.import"))

        numbers = unloaded(group, kind, plan()) if group.datasets[kind].source.athena else plan()
        gathered, recorded = gather(), record()
        [create_dataset_group, create_schema] >> create_dataset
        [create_dataset, check.expand(number=numbers)] >> gathered >> import_files >> recorded
        gathered >> recorded
        if before_gathering:
            before_gathering >> gathered
        if group.datasets[kind].small_night == "events":
            gathered >> send_events(group, kind, create_dataset) >> recorded
    return tasks


def unloaded(group: DatasetGroup, kind: DatasetType, planned: Any) -> Any:
    """Build the tasks by which Athena puts what was planned into the workspace."""
    unload = sources.unload(group, kind)

    @task
    def list_unloaded(folder: str) -> list[int]:
        """Portion what Athena has unloaded."""
        return nights.list_unloaded(group, kind, folder)

    planned >> unload
    return list_unloaded(unload.output["folder"])


def send_events(group: DatasetGroup, kind: DatasetType, create_dataset: PersonalizeCreateDatasetOperator) -> Any:
    """Build the tasks of a night too small to import."""
    create_event_tracker = PersonalizeCreateEventTrackerOperator(
        task_id="create_event_tracker", dataset_group=group.name, request={"name": group.name}
    )

    @task(task_id="send_events")
    def send(tracking_id: str) -> int:
        """Send the night by PutEvents, each row once."""
        return nights.send_events(group, kind, tracking_id)

    create_dataset >> create_event_tracker
    return send(create_event_tracker.output)


for dataset_group in config.load():
    import_datasets(dataset_group)
