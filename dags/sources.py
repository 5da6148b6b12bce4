"""Sources that Airflow reaches for a night: databases by its connections, Athena by the provider's operator."""

import hashlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Any, NamedTuple

from airflow.providers.amazon.aws.operators.athena import AthenaOperator
from airflow.providers.common.sql.hooks.sql import DbApiHook
from airflow.sdk import BaseHook, Context
from airflow.sdk.exceptions import (
    AirflowException,
    AirflowFailException,
    AirflowNotFoundException,
    AirflowSkipException,
)

from amazon_personalize.names import run_key
from dags.conventions import AWS_CONN_ID, s3
from include.config import AthenaSource, Dataset, DatasetGroup, DatasetType, SqlSource
from include.datasets.night import written
from include.datasets.night.places import NightPlaces
from include.datasets.night.records import Window
from include.datasets.reading import athena_unload
from include.s3 import Place

SECONDS_BETWEEN_LOOKS = 30
LOOKS = 24 * 3600 // SECONDS_BETWEEN_LOOKS  # a query that takes longer than a day is not waited for


class Database(NamedTuple):
    """An open DB-API connection, and how its driver spells a parameter and its database a name."""

    connection: Any
    placeholder: str
    quote: str


@contextmanager
def sql_connection(conn_id: str) -> Iterator[Database]:
    """Open an Airflow connection to a database, and close it after use.

    Raises AirflowFailException, which no retry follows, if there is none of that id or it is no database's.
    """
    try:
        hook = BaseHook.get_connection(conn_id).get_hook()
    except AirflowNotFoundException:
        raise AirflowFailException(
            f"source.sql.connection: {conn_id}: Airflow has no such connection. Name another, or add it, for "
            f"instance: airflow connections add {conn_id} --conn-uri postgresql://user:password@host/database"
        ) from None
    except (AirflowException, ImportError) as error:
        raise AirflowFailException(
            f"source.sql.connection: {conn_id}: {error}. Add the provider of this type of connection to the image."
        ) from error
    if not isinstance(hook, DbApiHook):
        raise AirflowFailException(
            f"source.sql.connection: {conn_id} is a connection of {type(hook).__name__}. Name one to a database."
        )
    with closing(hook.get_conn()) as connection:
        yield Database(connection, hook.placeholder, hook.escape_word_format)


def next_window(dataset: Dataset, last_high: str | None, due: datetime) -> Window | None:
    """What is new of a query's rows when a run is due; None if nothing is, or the source is no query.

    Raises AirflowFailException if the query's high-water column cannot tell what is new.
    """
    if dataset.source.athena:
        return athena_unload.next_window(dataset.source.athena, last_high, due)
    return _next_sql_window(dataset.source.sql, last_high) if dataset.source.sql else None


def _next_sql_window(source: SqlSource, last_high: str | None) -> Window | None:
    from include.datasets.reading.chunk import UnusableFileError
    from include.datasets.reading.sql_window import next_window as newest

    with sql_connection(source.connection) as database, closing(database.connection.cursor()) as cursor:
        try:
            return newest(cursor, source, last_high, database.placeholder, database.quote)
        except UnusableFileError as error:
            raise AirflowFailException(str(error)) from None


class AthenaUnloadOperator(AthenaOperator):
    """Unload the window that the run's plan names; pushes the folder as XCom `folder`, returns the query's id.

    A query's token is a digest of its text, so that Athena runs it once however often a task asks: a retry after a lost
    worker finds the query that runs or has run. Only if that has failed, the retry asks for another, whose text names
    another folder: a failed query may leave objects behind, and UNLOAD refuses a folder that is not empty.
    Skipped if the plan has no window: nothing is new.
    """

    def __init__(
        self, *, group: DatasetGroup, dataset_type: DatasetType, source: AthenaSource, **arguments: Any
    ) -> None:
        super().__init__(query="", **arguments)
        self.group, self.dataset_type, self.source = group, dataset_type, source

    def execute(self, context: Context) -> str | None:
        """Start the query, or find the one that an earlier try has started, and wait for it."""
        key, tries = run_key(context["dag_run"]), context["ti"].try_number
        plan = written.read_plan(s3(), NightPlaces(self.group.storage, self.dataset_type, key))
        if plan is None or plan.window is None:
            raise AirflowSkipException("The run's plan has no window: nothing is new.")
        unloads = Place.of(self.group.storage.workspace) / "athena" / self.dataset_type / key
        attempt = next((n for n in range(1, tries) if not self._has_failed(plan.window, unloads / str(n))), tries)
        self._ask_for(plan.window, unloads / str(attempt))
        context["ti"].xcom_push(key="folder", value=str(unloads / str(attempt)))
        return super().execute(context)

    def _ask_for(self, window: Window, folder: Place) -> None:
        self.query = athena_unload.statement(self.group.datasets[self.dataset_type], self.source, window, folder)
        self.client_request_token = hashlib.sha256(self.query.encode()).hexdigest()

    def _has_failed(self, window: Window, folder: Place) -> bool:
        self._ask_for(window, folder)
        query_id = self.hook.run_query(
            self.query,
            {"Database": str(self.database), "Catalog": self.catalog},
            {"OutputLocation": str(self.output_location)},
            self.client_request_token,
            self.workgroup,
        )
        return self.hook.check_query_status(query_id) in self.hook.FAILURE_STATES


def unload(group: DatasetGroup, dataset_type: DatasetType) -> AthenaUnloadOperator:
    """Build the task that unloads what the run's plan names. Raises ValueError if the dataset has no athena source."""
    source = group.datasets[dataset_type].source.athena
    if source is None:
        raise ValueError(f"{group.name}: {dataset_type} has no athena source to unload.")
    return AthenaUnloadOperator(
        task_id="unload",
        group=group,
        dataset_type=dataset_type,
        source=source,
        database=source.database,
        workgroup=source.workgroup,
        output_location=f"{group.storage.workspace}/athena/results/{dataset_type}",
        deferrable=True,
        sleep_time=SECONDS_BETWEEN_LOOKS,
        max_polling_attempts=LOOKS,
        aws_conn_id=AWS_CONN_ID,
    )
