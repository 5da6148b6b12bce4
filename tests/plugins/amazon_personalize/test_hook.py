"""What the hooks find out."""

from collections.abc import Callable
from typing import Any

import pytest

from amazon_personalize.hook import PersonalizeEventsHook, PersonalizeHook
from tests.include.local_personalize.shop import ROLE, Shop, checkerboard

pytestmark = pytest.mark.usefixtures("endpoints")


@pytest.fixture
def order(shop: Shop, put: Callable, name: Callable) -> Callable[[str], dict[str, Any]]:
    """Orders an import job of this name, sees it through as far as it goes, and gives its description."""
    dataset, good = shop.dataset(shop.group(), "Interactions"), put(f"{name('night')}/data.csv", checkerboard())

    def order(job: str, location: str = good, settle: bool = True) -> dict[str, Any]:
        source = {"dataLocation": location}
        arn = shop.api.create_dataset_import_job(jobName=job, datasetArn=dataset, dataSource=source, roleArn=ROLE)
        settled = shop.settled if settle else shop.describe
        return settled("dataset_import_job", arn["datasetImportJobArn"])

    return order


def test_the_fate_of_a_runs_import(order: Callable, name: Callable, slowly: Callable[[], None]) -> None:
    hook, run = PersonalizeHook(), name("run")

    fates = [hook.import_job_fate("night", run)]
    order(f"night-{run}", "s3://shop/nothing-here/")
    fates.append(hook.import_job_fate("night", run))
    order(f"night-{run}-2")
    fates.append(hook.import_job_fate("night", run))
    other = name("run")
    slowly()
    order(f"night-{other}", settle=False)
    fates.append(hook.import_job_fate("night", other))

    assert fates == ["none", "failed", "imported", "going on"]


def test_events_are_sent_where_the_endpoint_says(shop: Shop) -> None:
    group = shop.group()
    shop.dataset(group, "Interactions")
    tracker = shop.api.create_event_tracker(name=shop.name("tracker"), datasetGroupArn=group)["trackingId"]
    event = {"eventType": "watch", "sentAt": 1_700_000_000, "itemId": "i1"}

    answer = PersonalizeEventsHook().conn.put_events(trackingId=tracker, sessionId="s", userId="u", eventList=[event])

    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
