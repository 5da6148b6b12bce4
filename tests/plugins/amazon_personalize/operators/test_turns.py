"""A job that Personalize has no room for waits its turn, deferred, and is created once."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException, TaskDeferred
from botocore.exceptions import ClientError

from amazon_personalize import refusals
from amazon_personalize.operators.resources import PersonalizeCreateSchemaOperator
from tests.include.local_personalize.running import Server
from tests.include.local_personalize.shop import Shop, checkerboard, schema_text
from tests.plugins.amazon_personalize.operators.import_job import import_job

CREATE = "CreateDatasetImportJob"
AT_ONCE = {"retries": {"total_max_attempts": 1}}


def deferred(call: Callable[[], Any]) -> TaskDeferred:
    with pytest.raises(TaskDeferred) as raised:
        call()
    return raised.value


def resumed(operator: Any, run: Any, wait: TaskDeferred) -> Callable[[], str]:
    """Going on after a wait, in a worker of its own, as Airflow does."""
    return lambda: getattr(operator, wait.method_name)(run.context, event=None, **wait.kwargs)


@pytest.fixture
def quota(server: Server) -> Iterator[Callable[..., None]]:
    """Sets quotas until the end of the test, by kind of resource."""
    before = server.http("GET", "/_local/quotas").json()

    def change(**quotas: int) -> None:
        changed = {kind.replace("_", "-"): limit for kind, limit in quotas.items()}
        server.http("PUT", "/_local/quotas", json={**before, **changed}).raise_for_status()

    yield change
    change()


@pytest.fixture
def night(shop: Shop, put: Callable, name: Callable) -> Callable[[], tuple[str, str]]:
    """The dataset of a new group, and a file for it."""
    return lambda: (shop.dataset(shop.group(), "Interactions"), put(f"{name('night')}/data.csv", checkerboard()))


@pytest.fixture
def jobs(shop: Shop) -> Callable[[str], int]:
    """How many import jobs a dataset has had."""
    return lambda dataset: len(shop.api.list_dataset_import_jobs(datasetArn=dataset)["datasetImportJobs"])


def test_two_groups_take_turns_where_there_is_room_for_one(
    run: Any, night: Any, quota: Any, slowly: Callable[[], None], jobs: Callable[[str], int], capsys: Any
) -> None:
    nights, runs = [night(), night()], [run(), run()]
    slowly()
    quota(dataset_import_job=0)

    waits = [deferred(lambda n=n, r=r: import_job(*n).execute(r.context)) for n, r in zip(nights, runs, strict=True)]

    assert [wait.method_name for wait in waits] == ["try_again"] * 2
    log = capsys.readouterr().out
    assert "takes no DatasetImportJob for now (LimitExceededException: More than 0 resources" in log
    assert "The next try is at 20" in log

    quota(dataset_import_job=1)
    first = deferred(resumed(import_job(*nights[0]), runs[0], waits[0]))
    second = deferred(resumed(import_job(*nights[1]), runs[1], waits[1]))

    assert first.method_name == "execute_complete"
    assert second.method_name == "try_again"
    assert second.kwargs == waits[1].kwargs  # the time it may wait is counted from the first refusal
    assert second.timeout < waits[1].timeout == timedelta(hours=12)

    quota(dataset_import_job=2)
    assert deferred(resumed(import_job(*nights[1]), runs[1], second)).method_name == "execute_complete"
    assert [jobs(dataset) for dataset, _ in nights] == [1, 1]


def test_a_job_whose_worker_did_not_live_to_hear_of_it_is_adopted_by_the_next_try(
    run: Any, night: Any, quota: Any, slowly: Callable[[], None], jobs: Callable[[str], int]
) -> None:
    (dataset, location), the_run = night(), run()
    slowly()
    quota(dataset_import_job=0)
    wait = deferred(lambda: import_job(dataset, location).execute(the_run.context))
    quota(dataset_import_job=5)

    killed = import_job(dataset, location)
    assert killed.adopt(the_run.context) is None
    ordered = killed.create(killed.request)  # and here the worker dies
    next_try = deferred(resumed(import_job(dataset, location), the_run, wait))

    assert next_try.trigger.return_value == ordered
    assert jobs(dataset) == 1


def test_who_asks_too_often_waits(run: Any, night: Any, faults: Any) -> None:
    dataset, location = night()
    faults({"fault": "throttling", "on": CREATE})

    wait = deferred(lambda: import_job(dataset, location, botocore_config=AT_ONCE).execute(run().context))

    assert wait.method_name == "try_again"


def test_patience_ends_with_a_failure_that_a_retry_mends(run: Any, night: Any, quota: Any) -> None:
    quota(dataset_import_job=0)
    impatient = import_job(*night(), wait_timeout=timedelta(seconds=1))

    with pytest.raises(RuntimeError, match=r"More than 0 resources .* and has not since .* A retry waits again"):
        impatient.execute(run().context)


def test_a_quota_that_waiting_does_not_free_fails_at_once_with_the_remedy(run: Any, name: Any, quota: Any) -> None:
    quota(schema=0)
    request = {"name": name("schema"), "schema": schema_text("Interactions")}

    with pytest.raises(AirflowFailException, match=r"as many .* kind Schema .* Delete those that nobody needs, or"):
        PersonalizeCreateSchemaOperator(task_id="c", dataset_group="g", request=request).execute(run().context)


def test_other_refusals_are_not_waited_for(run: Any, night: Any) -> None:
    dataset, location = night()

    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        import_job(f"{dataset}-missing", location).execute(run().context)


def test_tries_are_neither_in_step_nor_so_soon_that_airflow_loses_them() -> None:
    pauses = {refusals.pause(60).total_seconds() for _ in range(100)}

    assert len(pauses) > 90
    assert min(pauses) >= 60
    assert max(pauses) <= 120
    assert refusals.pause(1).total_seconds() >= 5
