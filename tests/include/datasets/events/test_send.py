"""A night by PutEvents is the night by an import job, each row once, whatever happens on the way."""

import csv
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from botocore.exceptions import ConnectionClosedError

from include.config import Storage
from include.datasets.events import send as sending
from include.datasets.events.from_parquet import from_parquet
from include.datasets.events.progress import Progress, Refused, Sent
from include.datasets.events.send import EventsRefusedError
from include.datasets.events.send_night import send_night
from include.datasets.night import written
from include.datasets.night.places import NightPlaces
from include.datasets.night.records import Night
from include.s3 import Place, open_text, read_json
from tests.include.datasets.events.conftest import EventsShop, night
from tests.waiting import until

ROWS = 400
REPOSITORY = Path(__file__).parents[4]


@pytest.fixture
def places(bucket: str) -> NightPlaces:
    storage = Storage(**{place: f"s3://{bucket}/{place}" for place in ("incoming", "workspace", "delivery")})
    return NightPlaces(storage, "interactions", "20261122T030000-1a2b3c4d")


@pytest.fixture
def archive(s3: Any, places: NightPlaces, tmp_path: Path) -> Callable[[pa.Table], None]:
    """Puts a night's archive where it belongs."""

    def put(rows: pa.Table) -> None:
        pq.write_table(rows, tmp_path / "rows.parquet")
        s3.upload_file(tmp_path / "rows.parquet", places.archive.bucket, places.archive.key)

    return put


def send(shop: EventsShop, s3: Any, places: NightPlaces, per_second: float = 1e6) -> Sent:
    return send_night(s3, shop.events, shop.tracking_id, shop.of, places, per_second)


def counted_as(places: NightPlaces, **rows: int) -> Night:
    """A night of these numbers of rows, as gather writes it."""
    nothing: dict[str, Any] = dict.fromkeys(("location", "archive", "watermark", "oldest"))
    empty = {"known": {}, "duplicates": {}, "refused": (), "statistics": {}, "warnings": (), "note": ""}
    return Night(
        places.run_key,
        places.dataset_type,
        channel="events",
        import_mode="INCREMENTAL",
        rows_carried=0,
        reasons={"ITEM_ID": rows["rows_quarantined"]},
        quarantine=("s3://earlier/part-00000.csv",),
        **rows,
        **nothing,
        **empty,
    )


def csv_of(rows: pa.Table) -> list[str]:
    """As Personalize reads CSV."""

    def cell(value: Any) -> str:
        if isinstance(value, str):
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return "" if value is None else str(value).lower()

    return [",".join(rows.column_names), *(",".join(map(cell, row.values())) for row in rows.to_pylist())]


def test_an_event_is_what_the_same_row_imported_is_column_by_column(
    events_shop: EventsShop, s3: Any, places: NightPlaces, archive: Any
) -> None:
    rows = night(1_000)  # no import takes fewer
    few = rows.slice(0, ROWS)
    archive(few)
    assert events_shop.import_lines(events_shop.interactions, csv_of(rows))["status"] == "ACTIVE"

    sent = send(events_shop, s3, places)

    put, bulk = (events_shop.exported(s3, mode) for mode in ("PUT", "BULK"))
    assert (sent.rows, sent.events, sent.refused) == (ROWS, ROWS, ())
    assert len(bulk) == 1_000
    assert put == bulk[:ROWS]


def test_a_night_sent_again_from_the_beginning_is_counted_once(
    events_shop: EventsShop, s3: Any, places: NightPlaces, archive: Any
) -> None:
    archive(night(ROWS))
    send(events_shop, s3, places)
    s3.delete_object(Bucket=places.folder.bucket, Key=places.sent.key)

    send(events_shop, s3, places)

    counted = events_shop.counted()
    assert len(counted) == len(set(counted)) == ROWS


def test_a_night_sent_already_is_not_sent_again(
    events_shop: EventsShop, s3: Any, places: NightPlaces, archive: Any, server: Any
) -> None:
    archive(night(20))
    first = send(events_shop, s3, places)
    before = server.http("GET", "/_local/calls").json()["counts"]["PutEvents"]

    assert send(events_shop, s3, places) == first
    assert server.http("GET", "/_local/calls").json()["counts"]["PutEvents"] == before


def test_a_sender_killed_half_way_goes_on_and_each_row_is_there_once(
    events_shop: EventsShop, s3: Any, places: NightPlaces, archive: Any, environment: dict[str, str]
) -> None:
    archive(night(ROWS))
    command = f"""
import boto3
from include.config import Storage
from include.datasets.events.send_night import send_night
from include.datasets.night.places import NightPlaces
events = boto3.client("personalize-events", endpoint_url={events_shop.events.meta.endpoint_url!r})
places = NightPlaces(Storage(**{places.storage.model_dump()!r}), {places.dataset_type!r}, {places.run_key!r})
send_night(boto3.client("s3"), events, {events_shop.tracking_id!r}, {events_shop.of!r}, places, per_second=300)
"""
    region = {"AWS_DEFAULT_REGION": events_shop.events.meta.region_name}
    sender = subprocess.Popen([sys.executable, "-c", command], env=environment | region, cwd=REPOSITORY)
    until(lambda: (read_json(s3, places.sent) or {"rows": 0})["rows"], "some are sent", 30)
    sender.kill()
    sender.wait()
    begun = read_json(s3, places.sent)

    sent = send(events_shop, s3, places)

    assert 0 < begun["rows"] < ROWS
    assert sent.events == ROWS
    counted = events_shop.counted()
    assert len(counted) == len(set(counted)) == ROWS
    assert len(events_shop.exported(s3, "PUT")) == ROWS
    assert events_shop.sessions() == 40  # one a user, both attempts alike


def test_throttled_and_unheard_calls_are_made_again(
    events_shop: EventsShop, s3: Any, places: NightPlaces, archive: Any, faults: Any
) -> None:
    archive(night(40))
    faults(
        {"fault": "throttling", "on": "PutEvents", "count": 2},
        {"fault": "answer_lost", "on": "PutEvents", "count": 1},
    )

    with pytest.raises(ConnectionClosedError):  # this client tries once; the next attempt sends the same again
        send(events_shop, s3, places)
    send(events_shop, s3, places)

    assert len(set(events_shop.counted())) == len(events_shop.counted()) == 40


def test_rows_that_events_cannot_carry_are_quarantined_and_the_others_are_sent(
    events_shop: EventsShop, s3: Any, places: NightPlaces, archive: Any
) -> None:
    rows = night(30).to_pylist()
    rows[7]["DEVICE"] = "x" * 1_000  # with the other properties more than an event may have; an import takes it
    archive(pa.Table.from_pylist(rows, night(1).schema))
    written.write_night(s3, places, counted_as(places, rows_read=32, rows_imported=30, rows_quarantined=2))

    sent = [send(events_shop, s3, places) for _ in range(2)]  # what was refused is told by later attempts too

    assert sent[0] == sent[1]
    (refused,) = sent[0].refused
    assert (refused.number, refused.row["TIMESTAMP"]) == (8, rows[7]["TIMESTAMP"])
    assert sent[0].events == len(events_shop.counted()) == 29
    recounted = written.read_night(s3, places)
    assert (recounted.rows_imported, recounted.rows_quarantined) == (29, 3)
    assert recounted.reasons == {"ITEM_ID": 2, "whole row": 1}
    with open_text(s3, Place.of(recounted.quarantine[-1])) as file:
        (row,) = csv.DictReader(file)
    assert (row["source"], row["line"], row["column"]) == (str(places.archive), "8", "")
    assert row["reason"].startswith("properties has 10")
    assert "x" * 1_000 in row["row"]


def test_what_the_service_refuses_ends_the_sending_with_its_reason(
    events_shop: EventsShop, s3: Any, places: NightPlaces, archive: Any
) -> None:
    archive(night(5))
    events_shop.tracking_id = "of nobody"

    with pytest.raises(EventsRefusedError, match=r"rows 1 to 1 of 20261122T030000-1a2b3c4d: There is no ACTIVE event"):
        send(events_shop, s3, places)


def test_progress_of_another_archive_says_nothing(s3: Any, bucket: str) -> None:
    done = Sent(7, (Refused(3, {"USER_ID": "u1"}, "too long"),))
    place = Place(bucket, "sent.json")
    Progress(s3, place, "one").save(done)

    assert Progress(s3, place, "one").load() == done
    assert Progress(s3, place, "other").load() == Sent()


def test_a_call_has_one_user_and_ten_events_at_most_and_a_user_one_session(tmp_path: Path) -> None:
    pq.write_table(night(1_000), tmp_path / "rows.parquet")
    rows = list(from_parquet(tmp_path / "rows.parquet"))

    calls = list(sending._calls(iter(rows)))

    assert [row for call in calls for row in call] == rows
    assert {len({row["USER_ID"] for _, row in call}) for call in calls} == {1}
    assert {len(call) for call in calls} == {5, 10}  # each of 40 users has 25 rows
    assert len(calls) == 40 * 3
    assert rows == sorted(rows, key=lambda numbered: (numbered[1]["USER_ID"], numbered[1]["TIMESTAMP"]))
    assert [row for _, row in sorted(rows)] == night(1_000).to_pylist()
