"""Nights under a real scheduler, with what kills them: everything is imported once, counted, and told.

The tests of this file are one story, told in order on one stack, because each run takes Airflow half a minute: about
three minutes in all. `make fortnight` tells the long one.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.fortnight.nights import BROKEN, FORTNIGHT, Night, events, wanted
from tests.fortnight.shop import KINDS, Shop, opened
from tests.waiting import until

HISTORY = Night("history", FORTNIGHT[0].files, ("interactions.import",), service_dies=True)
SMALL = Night("small", {"interactions/small.csv": [*events(1, 300), *BROKEN]})
UTF_16 = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\nu1,i1,1700000000,view\n".encode("utf-16")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with opened(tmp_path_factory.mktemp("nights") / "state", datetime.now(UTC), small_night="events") as shop:
        yield shop


def test_a_night_whose_worker_and_service_are_killed_is_imported_once(shop: Shop) -> None:
    states = shop.night(HISTORY, disturbed=True)

    assert set(states.values()) <= {"success", "skipped"}
    for kind in KINDS:
        assert shop.rows(kind) == wanted([HISTORY], kind)
    assert [job["status"] for job in shop.import_jobs()] == ["ACTIVE"] * len(KINDS)


def test_a_small_night_goes_as_events_and_a_file_that_cannot_be_read_is_told(shop: Shop) -> None:
    s3, bucket = shop.stack.s3(), f"{shop.group.name}-incoming"
    s3.put_object(Bucket=bucket, Key="interactions/till.csv", Body=UTF_16)

    states = shop.night(SMALL, disturbed=False)

    assert {task for task, state in states.items() if state == "failed"} == {"all_files_read"}
    assert states["interactions.import"] == "skipped"
    assert shop.rows("interactions") == wanted([HISTORY, SMALL], "interactions")
    report = shop.reports()[-1]
    assert (report["rows_read"], report["rows_imported"], report["rows_quarantined"]) == (304, 300, 4)
    subjects = [str(mail["Subject"]) for mail in shop.stack.mails()]
    assert f"[airflow] {shop.group.name}: 1 file refused, 1 warning and 4 rows quarantined" in subjects


def test_a_cleared_night_imports_nothing_again_and_a_mended_file_is_taken(shop: Shop) -> None:
    shop.clear(shop.runs["history"], "interactions.plan")
    shop.see_through(shop.runs["history"])
    shop.drop({"interactions/till.csv": events(2, 1_000)})

    states = shop.see_through(shop.start("mended"))

    assert set(states.values()) <= {"success", "skipped"}
    mended = Night("mended", {"interactions/till.csv": events(2, 1_000)})
    assert shop.rows("interactions") == wanted([HISTORY, SMALL, mended], "interactions")
    assert [job["status"] for job in shop.import_jobs()] == ["ACTIVE"] * (len(KINDS) + 1)


def test_imports_started_no_training_that_was_not_asked_for(shop: Shop) -> None:
    """Each import that brought something told so once; the training DAG is paused here, so its runs only wait."""
    told = shop.stack.airflow.get("/assets/events", source_dag_id=shop.dag_id)["asset_events"]

    by_run = Counter(event["source_run_id"] for event in told)
    assert set(by_run) == set(shop.runs.values())
    newest = max(told, key=lambda event: event["timestamp"])
    assert newest["extra"]["rows_imported"] == {"interactions": 1_000}
    until(lambda: not shop.stack.personalize().list_solution_versions()["solutionVersions"], "nothing is trained", 5)
