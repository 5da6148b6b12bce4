"""What is billed is created once a run: retried, cleared or killed, a task finds its own earlier attempt."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException, TaskDeferred
from botocore.exceptions import ClientError

from amazon_personalize.operators.jobs import (
    PersonalizeCreateSolutionVersionOperator,
)
from amazon_personalize.unreachable import UnreachableError
from tests.include.local_personalize.shop import Shop, checkerboard
from tests.plugins.amazon_personalize.operators.import_job import import_job


def train(solution: str, mode: str = "FULL") -> PersonalizeCreateSolutionVersionOperator:
    return PersonalizeCreateSolutionVersionOperator(
        task_id="train",
        dataset_group="g",
        name_prefix="nightly",
        waiter_delay=1,
        request={"solutionArn": solution, "trainingMode": mode},
    )


def see_through(operator: Any, run: Any) -> str:
    """Execute as Airflow does: defer to the trigger, and resume with its event."""
    try:
        return operator.execute(run.context)
    except TaskDeferred as deferred:
        event = asyncio.run(first_event(deferred.trigger))
        return operator.execute_complete(run.context, event.payload)


async def first_event(trigger: Any) -> Any:
    return await anext(aiter(trigger.run()))


@pytest.fixture
def filled(shop: Shop) -> str:
    """A solution with enough data."""
    group = shop.group()
    assert shop.import_lines(shop.dataset(group, "Interactions"), checkerboard())["status"] == "ACTIVE"
    return shop.solution(group)


def test_every_attempt_of_a_run_is_one_version_and_another_run_another(
    run: Any, filled: str, calls: Callable[[str], int]
) -> None:
    before, first_run = calls("CreateSolutionVersion"), run()

    attempts = [see_through(train(filled), first_run) for _ in range(3)]

    assert len(set(attempts)) == 1
    assert calls("CreateSolutionVersion") == before + 1
    assert see_through(train(filled), run()) != attempts[0]
    assert calls("CreateSolutionVersion") == before + 2


def test_a_second_attempt_while_the_first_still_trains_waits_for_it(
    run: Any, filled: str, slowly: Callable[[], None], calls: Callable[[str], int]
) -> None:
    before, the_run = calls("CreateSolutionVersion"), run()
    slowly()
    with pytest.raises(TaskDeferred) as first:
        train(filled).execute(the_run.context)

    with pytest.raises(TaskDeferred) as second:
        train(filled).execute(the_run.context)

    assert first.value.trigger.serialize() == second.value.trigger.serialize()
    assert calls("CreateSolutionVersion") == before + 1


@pytest.mark.parametrize("fault", ["answer_lost", "connection_cut", "internal_error"])
def test_an_order_whose_answer_is_lost_is_looked_for_before_it_is_made_again(
    run: Any, filled: str, faults: Callable[..., None], calls: Callable[[str], int], shop: Shop, fault: str
) -> None:
    before, the_run = calls("CreateSolutionVersion"), run()
    faults({"fault": fault, "on": "CreateSolutionVersion", "count": 1})

    with pytest.raises((UnreachableError, ClientError)):
        train(filled).execute(the_run.context)
    calls_of_first = calls("CreateSolutionVersion") - before
    version = see_through(train(filled), the_run)

    assert [
        each["solutionVersionArn"] for each in shop.api.list_solution_versions(solutionArn=filled)["solutionVersions"]
    ] == [version]
    assert calls_of_first == 1
    assert calls("CreateSolutionVersion") - before == (1 if fault == "answer_lost" else 2)


def test_a_failed_version_fails_the_task_for_good_with_the_services_reason(
    run: Any, shop: Shop, calls: Callable[[str], int]
) -> None:
    group = shop.group()
    few = ["USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP", *(f"u{n},i{n % 3},watch,{1_600_000_000 + n}" for n in range(1200))]
    shop.import_lines(shop.dataset(group, "Interactions"), few)  # no user has two interactions
    solution, the_run = shop.solution(group), run()
    before = calls("CreateSolutionVersion")

    with pytest.raises(AirflowFailException, match="fewer than 25 users with at least 2 interactions"):
        see_through(train(solution), the_run)
    assert calls("CreateSolutionVersion") == before + 1

    # Only a person who clears the task comes here: Airflow does not retry what fails for good.
    with pytest.raises(AirflowFailException):
        see_through(train(solution), the_run)
    versions = [
        shop.api.describe_solution_version(solutionVersionArn=version["solutionVersionArn"])["solutionVersion"]
        for version in shop.api.list_solution_versions(solutionArn=solution)["solutionVersions"]
    ]
    first, second = sorted((version["name"] for version in versions), key=len)
    assert second == f"{first}-2"


def test_the_first_import_is_full_and_the_next_incremental(
    run: Any, shop: Shop, put: Callable, name: Callable, calls: Callable[[str], int]
) -> None:
    dataset = shop.dataset(shop.group(), "Interactions")
    nights = [put(f"{name('night')}/data.csv", checkerboard(start=1_600_000_000 + 10**6 * n)) for n in range(2)]
    before, first_run = calls("CreateDatasetImportJob"), run()

    jobs = [see_through(import_job(dataset, nights[0]), first_run) for _ in range(2)]
    jobs.append(see_through(import_job(dataset, nights[1]), run()))

    modes = [shop.describe("dataset_import_job", job)["importMode"] for job in jobs]
    assert jobs[0] == jobs[1]
    assert modes == ["FULL", "FULL", "INCREMENTAL"]
    assert calls("CreateDatasetImportJob") == before + 2


def test_an_import_that_fails_says_what_personalize_says(run: Any, shop: Shop) -> None:
    dataset = shop.dataset(shop.group(), "Interactions")

    with pytest.raises(AirflowFailException, match=r"CREATE FAILED: .*Invalid Data location"):
        see_through(import_job(dataset, "s3://shop/nothing-here/"), run())
