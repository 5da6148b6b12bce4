"""A group has one event tracker, by whose id events are sent."""

from collections.abc import Callable
from typing import Any

import pytest
from airflow.sdk.exceptions import TaskDeferred

from amazon_personalize.operators.event_tracker import PersonalizeCreateEventTrackerOperator
from tests.include.local_personalize.shop import Shop


def create(group: str, name: str) -> PersonalizeCreateEventTrackerOperator:
    return PersonalizeCreateEventTrackerOperator(
        task_id="create", dataset_group=group.rpartition("/")[2], request={"name": name}, waiter_delay=1
    )


@pytest.fixture
def group(shop: Shop) -> str:
    group = shop.group()
    shop.dataset(group, "Interactions")
    return group


def tracking_id(shop: Shop, group: str) -> str:
    (tracker,) = shop.api.list_event_trackers(datasetGroupArn=group)["eventTrackers"]
    return shop.describe("event_tracker", tracker["eventTrackerArn"])["trackingId"]


def test_it_is_created_once_and_adopted_under_any_name(run: Any, shop: Shop, group: str, calls: Callable) -> None:
    before = calls("CreateEventTracker")

    ids = {create(group, name).execute(run().context) for name in ("tracker", "tracker", "another")}

    assert ids == {tracking_id(shop, group)}
    assert calls("CreateEventTracker") == before + 1


def test_one_that_is_not_active_yet_is_waited_for(run: Any, group: str, slowly: Callable[[], None]) -> None:
    slowly()
    with pytest.raises(TaskDeferred) as wait:
        create(group, "tracker").execute(run().context)

    assert wait.value.trigger.waiter_name == "event_tracker_active"
    with pytest.raises(RuntimeError, match="is not ACTIVE yet"):
        create(group, "tracker").execute_complete(run().context, {"arn": wait.value.trigger.return_value})


def test_after_the_wait_it_gives_the_tracking_id(run: Any, shop: Shop, group: str) -> None:
    create(group, "tracker").execute(run().context)
    (tracker,) = shop.api.list_event_trackers(datasetGroupArn=group)["eventTrackers"]

    found = create(group, "tracker").execute_complete(run().context, {"arn": tracker["eventTrackerArn"]})

    assert found == tracking_id(shop, group)
