"""Sources that Airflow reaches: a real PostgreSQL by its connection, and Athena by a server of its protocol."""

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.providers.amazon.aws.operators.athena import AthenaOperator
from airflow.providers.common.compat.sdk import AirflowException, TaskDeferred
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from airflow.serialization.serialized_objects import DagSerialization

from amazon_personalize.names import run_key
from dags import sources
from include.config import Dataset, DatasetGroup, load_file
from include.datasets.night import written
from include.datasets.night.places import NightPlaces
from include.datasets.night.records import Plan, Window
from include.datasets.reading.sql_rows import rows
from include.demo.environment import Addresses
from tests.dags.athena import Athena, served

pytest_plugins = ["tests.postgres"]

REPOSITORY = Path(__file__).parents[2]
MOVIES = (REPOSITORY / "include/dataset_groups/movies.yaml").read_text()
ATHENA = """  interactions:
    source:
      athena:
        database: lake
        query: SELECT * FROM "events" WHERE shop = 'movies' -- all of it
        high_water: Happened_At
        lookback: 7200
        workgroup: nightly
    columns: {USER_ID: customer}
"""
DUE = datetime(2026, 11, 22, 1, tzinfo=UTC)
WINDOW = Window(low="2026-11-20T23:00:00+00:00", high="2026-11-22T01:00:00+00:00", lookback=7200)


@pytest.fixture
def group_file(tmp_path: Path, bucket: str) -> Path:
    file = tmp_path / "movies.yaml"
    text = MOVIES.replace("\n  interactions:\n", f"\n{ATHENA}").replace("s3://movies-workspace", f"s3://{bucket}/ws")
    file.write_text(text)
    return file


@pytest.fixture
def group(group_file: Path) -> DatasetGroup:
    return load_file(group_file)


@pytest.fixture
def athena(s3_address: Addresses, monkeypatch: pytest.MonkeyPatch) -> Iterator[Athena]:
    connection = {
        "conn_type": "aws",
        "login": s3_address.access_key,
        "password": s3_address.secret_key,
        "extra": {"region_name": "us-east-1"},
    }
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps(connection))
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", s3_address.s3)
    server = Athena()
    with served(server) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_ATHENA", url)
        yield server


async def event_of(trigger: Any) -> Any:
    (event,) = [event async for event in trigger.run()]
    return event


class Task:
    """The unload task of a run, and as much of a task instance as it asks for."""

    def __init__(self, s3: Any, group: DatasetGroup, window: Window | None) -> None:
        self.group, self.xcom, self.tries = group, {}, 0
        self.dag_run = SimpleNamespace(dag_id="movies.import_datasets", run_id="scheduled", run_after=DUE)
        key = run_key(self.dag_run)
        self.folder = f"{group.storage.workspace}/athena/interactions/{key}"
        plan = Plan(key, "movies.import_datasets", "scheduled", "interactions", window=window)
        written.write_plan(s3, NightPlaces(group.storage, "interactions", key), plan)

    def attempt(self, finish: bool = True) -> str:
        """One try of the task, from its start to what the triggerer's event makes of it, if it lives that long."""
        self.tries += 1
        ti = SimpleNamespace(try_number=self.tries, xcom_push=lambda key, value: self.xcom.update({key: value}))
        context: Any = {"dag_run": self.dag_run, "ti": ti}
        with pytest.raises(TaskDeferred) as deferred:
            sources.unload(self.group, "interactions").execute(context)
        if not finish:
            return ""
        event = asyncio.run(event_of(deferred.value.trigger))
        resumed = sources.unload(self.group, "interactions")
        return str(getattr(resumed, deferred.value.method_name)(context, event.payload))


def test_what_athena_is_asked(s3: Any, group: DatasetGroup, athena: Athena) -> None:
    task = Task(s3, group, WINDOW)

    assert task.attempt() == "query-1"

    (request,) = athena.asked
    assert request.pop("QueryString") == (
        'UNLOAD (\nSELECT "customer", "item_id", "timestamp", "event_type", "event_value"\nFROM (\n'
        """SELECT * FROM "events" WHERE shop = 'movies' -- all of it\n) AS night\n"""
        """WHERE "Happened_At" >= TIMESTAMP '2026-11-20 23:00:00' """
        """AND "Happened_At" <= TIMESTAMP '2026-11-22 01:00:00'\n"""
        f")\nTO '{task.folder}/1/'\nWITH (format = 'PARQUET')"
    )
    assert re.fullmatch(r"[0-9a-f]{64}", request.pop("ClientRequestToken"))
    assert request == {
        "QueryExecutionContext": {"Database": "lake", "Catalog": "AwsDataCatalog"},
        "ResultConfiguration": {"OutputLocation": f"{group.storage.workspace}/athena/results/interactions"},
        "WorkGroup": "nightly",
    }
    assert task.xcom["folder"] == f"{task.folder}/1"


def test_a_retry_after_a_lost_worker_finds_the_query_that_runs(s3: Any, group: DatasetGroup, athena: Athena) -> None:
    task = Task(s3, group, WINDOW)
    athena.next_state = "RUNNING"
    task.attempt(finish=False)
    athena.states["query-1"] = "SUCCEEDED"

    assert task.attempt() == "query-1"

    assert len({request["ClientRequestToken"] for request in athena.asked}) == 1
    assert list(athena.states) == ["query-1"]
    assert task.xcom["folder"] == f"{task.folder}/1"


def test_a_retry_after_a_failed_query_asks_for_another_to_an_empty_folder(
    s3: Any, group: DatasetGroup, athena: Athena
) -> None:
    task = Task(s3, group, WINDOW)
    for athena.next_state in ("FAILED", "CANCELLED"):
        with pytest.raises(AirflowException, match="as the test says"):
            task.attempt()
    athena.next_state = "SUCCEEDED"

    assert task.attempt() == "query-3"
    assert task.xcom["folder"] == f"{task.folder}/3"
    assert task.attempt() == "query-3"  # cleared: it is there already

    assert athena.states == {"query-1": "FAILED", "query-2": "CANCELLED", "query-3": "SUCCEEDED"}
    texts = {request["QueryString"] for request in athena.asked}
    assert {f"'{task.folder}/{attempt}/'" in text for text in texts for attempt in (1, 2, 3)} == {True, False}
    assert len(texts) == 3


def test_no_window_no_query(s3: Any, group: DatasetGroup, athena: Athena) -> None:
    task = Task(s3, group, None)
    with pytest.raises(AirflowSkipException, match="nothing is new"):
        sources.unload(group, "interactions").execute(
            {"dag_run": task.dag_run, "ti": SimpleNamespace(try_number=1)}  # type: ignore[typeddict-item]
        )

    assert athena.asked == []


def test_the_server_of_these_tests_refuses_what_athena_would(athena: Athena) -> None:
    good = {"QueryString": "SELECT 1", "ClientRequestToken": "t" * 32}

    assert athena.answer("StartQueryExecution", good)[0] == 200
    for wrong in ({"ClientRequestToken": "short"}, {"QueryString": "SELECT 2"}, {"WorkGroup": 7}):
        assert athena.answer("StartQueryExecution", good | wrong)[0] == 400


@pytest.mark.parametrize(
    ("last", "due", "window"),
    [
        (None, DUE, Window(low=None, high="2026-11-22T01:00:00+00:00", lookback=7200)),
        ("2026-11-21T01:00:00+00:00", DUE, WINDOW),
        (WINDOW.high, DUE, None),
        ("2026-11-23T01:00:00+00:00", DUE, None),
        (None, DUE.replace(microsecond=9), Window(low=None, high="2026-11-22T01:00:00+00:00", lookback=7200)),
    ],
)
def test_athenas_windows_follow_the_clock(
    group: DatasetGroup, last: str | None, due: datetime, window: Window | None
) -> None:
    expected = window if last is None or window is None else Window("2026-11-20T23:00:00+00:00", window.high, 7200)

    assert sources.next_window(group.datasets["interactions"], last, due) == expected


def test_athena_stands_between_the_plan_and_the_checks(
    airflow_database: None,  # noqa: ARG001 - the bag is checked against a database
    group_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PERSONALIZE_DATASET_GROUPS", str(group_file.parent))

    bag = DagBag(dag_folder=str(REPOSITORY / "dags/import_datasets.py"))

    assert bag.import_errors == {}
    dag = bag.dags["movies.import_datasets"]
    task: Any = dag.get_task("interactions.unload")
    assert isinstance(task, AthenaOperator)
    assert (task.database, task.workgroup, task.deferrable) == ("lake", "nightly", True)
    assert task.upstream_task_ids == {"interactions.plan"}
    assert "interactions.check" in task.get_flat_relative_ids(upstream=False)
    assert "items.unload" not in dag.task_ids
    with pytest.raises(ValueError, match="items has no athena source"):
        sources.unload(load_file(group_file), "items")
    assert DagSerialization.to_dict(dag)["dag"]["dag_id"] == "movies.import_datasets"


@pytest.fixture
def _shop_database(postgres: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = {"conn_type": "postgres", "login": "postgres", "schema": "postgres", "host": str(postgres)}
    monkeypatch.setenv("AIRFLOW_CONN_SHOP", json.dumps(connection))


def dataset(query: str, high_water: str) -> Dataset:
    sql = {"connection": "shop", "query": query, "high_water": high_water}
    return Dataset.model_validate({"schema": [{"name": "USER_ID", "type": "string"}], "source": {"sql": sql}})


@pytest.mark.usefixtures("_shop_database")
def test_a_database_is_reached_by_its_connection_and_left() -> None:
    with sources.sql_connection("shop") as database:
        connection, placeholder, quote = database
        with closing(connection.cursor()) as cursor:
            cursor.execute(f"SELECT {placeholder} AS {quote.format('a b')}", ("text",))
            assert (cursor.fetchone(), cursor.description[0][0]) == (("text",), "a b")
        source = dataset("SELECT n FROM generate_series(1, 9) n", "n").source.sql
        assert source is not None
        taken = Window(low="7", high="8")
        (chunk,) = rows(connection, source, taken, placeholder, {"n": "long"}, quote=quote)
        assert chunk.cells.to_pylist() == [{"n": "7"}, {"n": "8"}]

    assert connection.closed


@pytest.mark.usefixtures("_shop_database")
def test_what_is_new_in_a_database() -> None:
    events = dataset("SELECT n FROM generate_series(1, 5000) n", "n")

    assert sources.next_window(events, "4000", DUE) == Window(low="400", high="5000", lookback=3600)
    assert sources.next_window(events, "5000", DUE) is None
    with pytest.raises(AirflowFailException, match="m: the query has no such column"):
        sources.next_window(dataset("SELECT 1 AS n", "m"), None, DUE)


def test_files_have_no_window() -> None:
    files = Dataset.model_validate({"schema": [{"name": "USER_ID", "type": "string"}]})

    assert sources.next_window(files, None, DUE) is None


@pytest.mark.parametrize(
    ("connection", "says"),
    [
        (None, "SHOP: Airflow has no such connection. Name another, or add it, for instance: airflow connections add"),
        ({"conn_type": "mysql"}, 'Unknown hook type "mysql". Add the provider of this type of connection'),
        ({"conn_type": "http"}, "is a connection of HttpHook. Name one to a database"),
    ],
)
def test_a_connection_that_leads_to_no_database(
    monkeypatch: pytest.MonkeyPatch, connection: dict[str, str] | None, says: str
) -> None:
    if connection:
        monkeypatch.setenv("AIRFLOW_CONN_SHOP", json.dumps(connection))

    with pytest.raises(AirflowFailException) as error, sources.sql_connection("SHOP"):
        pass

    assert says in str(error.value)
