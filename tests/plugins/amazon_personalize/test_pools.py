"""The pools that tasks wait in are the quotas that their jobs count against."""

import json
from pathlib import Path

from amazon_personalize import pools
from amazon_personalize.operators.jobs import (
    PersonalizeCreateBatchInferenceJobOperator,
    PersonalizeCreateDatasetImportJobOperator,
    PersonalizeRunOperator,
)
from tests.include.local_personalize.running import Server

POOLS = json.loads(Path(pools.__file__).with_name("pools.json").read_text())


def pool_of(operator: type[PersonalizeRunOperator], **arguments: str) -> str:
    return operator(task_id="t", dataset_group="g", name_prefix="p", role="r", request={}, **arguments).pool


def test_operators_wait_in_the_pools_that_the_file_makes() -> None:
    assert {
        pool_of(PersonalizeCreateDatasetImportJobOperator),
        pool_of(PersonalizeCreateBatchInferenceJobOperator),
    } == set(POOLS)
    assert pool_of(PersonalizeCreateDatasetImportJobOperator, pool="mine") == "mine"


def test_a_pool_has_as_many_slots_as_the_service_takes_jobs(server: Server) -> None:
    quotas = server.http("GET", "/_local/quotas").json()

    assert POOLS[pools.IMPORTS]["slots"] == quotas["dataset-import-job"]
    assert POOLS[pools.BATCH_JOBS]["slots"] == quotas["batch-inference-job"]


def test_a_deferred_task_keeps_its_slot_since_its_job_goes_on() -> None:
    assert all(pool["include_deferred"] is True for pool in POOLS.values())
