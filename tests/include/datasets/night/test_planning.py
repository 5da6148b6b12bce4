"""What a night takes, on a real S3 server: every source once, whatever becomes of the runs."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from include.config.groups import Dataset, Storage
from include.datasets.night import planning, written
from include.datasets.night.claims import ClaimLostError
from include.datasets.night.places import NightPlaces
from include.datasets.night.planning import Fate
from include.datasets.night.recording import record
from include.datasets.night.records import Night, Plan, Window
from include.s3 import Place, under

DATASET = Dataset(schema=[{"name": "ITEM_ID", "type": "string"}, {"name": "TITLE", "type": "string"}], partition_mb=1)
NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)


@pytest.fixture
def storage(bucket: str) -> Storage:
    return Storage(incoming=f"s3://{bucket}/in", workspace=f"s3://{bucket}/work", delivery=f"s3://{bucket}/out")


@pytest.fixture
def shop(s3: Any, storage: Storage) -> "Shop":
    return Shop(s3, storage)


class Shop:
    """Files dropped, nights planned, and imports that end as a test says."""

    def __init__(self, s3: Any, storage: Storage) -> None:
        self.s3, self.storage = s3, storage
        self.fates: dict[str, Fate] = {}

    def drop(self, name: str, body: str | bytes = "ITEM_ID,TITLE\na,A\n") -> str:
        place = Place.of(self.storage.incoming) / "items" / name
        self.s3.put_object(Bucket=place.bucket, Key=place.key, Body=body)
        return str(place)

    def plan(self, run_key: str, window: Window | None = None, spent: bool = False) -> Plan:
        return planning.plan(
            self.s3, self.storage, "items", DATASET, (run_key, "shop.import_datasets", f"run {run_key}"),
            lambda plan: self.fates.get(plan.run_key, "over"), window, lambda: spent,
        )  # fmt: skip

    def gathered(self, plan: Plan, channel: str = "import", **facts: Any) -> Night:
        """Write a night of one row a source, and a staged file."""
        places = NightPlaces(self.storage, "items", plan.run_key)
        rows = len(plan.sources)
        counts = {
            "rows_imported": 0 if channel == "carried" else rows,
            "rows_carried": rows if channel == "carried" else 0,
        }
        night = written.night_of(
            {
                **{"run_key": plan.run_key, "dataset_type": "items", "channel": channel, "import_mode": "INCREMENTAL"},
                **{
                    "rows_read": rows,
                    **counts,
                    "rows_quarantined": 0,
                    "duplicates": {},
                    "location": f"{places.staged}/",
                },
                **{"archive": None, "known": {}, "watermark": None, "oldest": None, "reasons": {}, "quarantine": ()},
                **{
                    "refused": (),
                    "statistics": {},
                    "warnings": (),
                    "note": "",
                    "sources": written.as_json(plan)["sources"],
                },
                **{"window": plan.window, **facts},
            }
        )
        written.write_night(self.s3, places, night)
        staged = places.staged / "items.csv"
        self.s3.put_object(Bucket=staged.bucket, Key=staged.key, Body=b"ITEM_ID,TITLE\n")
        return night

    def night(self, run_key: str) -> list[str]:
        """Plan, gather and record; returns the names of the files taken."""
        plan = self.plan(run_key)
        self.gathered(plan)
        record(self.s3, self.storage, plan, NOW)
        return names(plan)


def names(plan: Plan) -> list[str]:
    return [Place.of(source.uri).name for source in plan.sources]


def test_a_night_takes_what_no_night_has_taken_in_the_order_of_upload(shop: Shop) -> None:
    shop.drop("b.csv")
    time.sleep(1.05)  # S3's times are whole seconds
    shop.drop("a.jsonl")
    shop.drop("later/c.parquet")
    shop.drop("_SUCCESS")
    shop.drop("_temporary/0/d.csv")

    assert shop.night("1") == ["b.csv", "a.jsonl", "c.parquet"]
    assert shop.night("2") == []


def test_the_same_bytes_are_taken_once_and_changed_bytes_are_new(shop: Shop) -> None:
    shop.drop("a.csv", "one")
    assert shop.night("1") == ["a.csv"]
    shop.drop("a.csv", "one")
    assert shop.night("2") == []
    shop.drop("a.csv", "two")
    assert shop.night("3") == ["a.csv"]
    shop.drop("a.csv", "one")  # what the shop says now is not what Personalize has
    assert shop.night("4") == ["a.csv"]


def test_a_late_file_with_an_early_name_is_taken_and_so_is_a_backfill_of_an_older_run(shop: Shop) -> None:
    shop.drop("2026-11-21.csv")
    assert shop.night("20261121") == ["2026-11-21.csv"]
    shop.drop("2026-11-03.csv")

    assert shop.night("20261103") == ["2026-11-03.csv"]
    assert shop.night("20261122") == []


def test_sources_are_cut_into_portions_of_a_size(shop: Shop) -> None:
    for name, size in (("a", 600_000), ("b", 400_000), ("c", 1), ("d", 2_000_000), ("e", 5)):
        shop.drop(f"{name}.csv", name * size)

    assert shop.plan("1").portions == ((0, 1), (2,), (3,), (4,))  # at most 1 MB, but for a file that is larger


def test_clearing_plan_gives_the_same_plan_before_the_import_is_ordered_and_after_it_is_recorded(shop: Shop) -> None:
    shop.drop("a.csv")
    first = shop.plan("1")
    shop.drop("b.csv")
    assert shop.plan("1") == first
    shop.gathered(first)
    assert shop.plan("1") == first
    record(shop.s3, shop.storage, first, NOW)
    assert shop.plan("1") == first
    assert names(shop.plan("2")) == ["b.csv"]


def test_a_run_whose_import_failed_is_planned_anew_when_it_is_cleared(shop: Shop) -> None:
    shop.drop("bad.csv", "bad")
    shop.gathered(shop.plan("1"))
    shop.drop("bad.csv", "mended")
    shop.drop("more.csv")

    again = shop.plan("1", spent=True)

    assert names(again) == ["bad.csv", "more.csv"]
    places = NightPlaces(shop.storage, "items", "1")
    assert written.read_night(shop.s3, places) is None
    assert under(shop.s3, places.staged) == []


def test_a_night_that_was_imported_but_not_recorded_is_recorded_on_its_behalf(shop: Shop) -> None:
    shop.drop("a.csv")
    shop.gathered(shop.plan("1"))
    shop.drop("b.csv")
    shop.fates["1"] = "imported"

    assert names(shop.plan("2")) == ["b.csv"]
    assert [night.run_key for night in written.recorded(shop.s3, shop.storage, "items")] == ["1"]


def test_a_night_that_goes_on_keeps_its_sources_but_not_what_became_of_them_since(shop: Shop) -> None:
    shop.drop("a.csv", "one")
    shop.drop("b.csv", "one")
    shop.plan("1")
    shop.drop("b.csv", "two")
    shop.fates["1"] = "going on"

    assert names(shop.plan("2")) == ["b.csv"]
    assert written.read_plan(shop.s3, NightPlaces(shop.storage, "items", "1")) is not None


def test_a_night_that_is_over_is_given_up_and_its_sources_are_new_again(shop: Shop) -> None:
    shop.drop("a.csv")
    lost = shop.plan("1")
    shop.gathered(lost)
    shop.fates["1"] = "over"

    assert names(shop.plan("2")) == ["a.csv"]
    places = NightPlaces(shop.storage, "items", "1")
    assert under(shop.s3, places.folder) == under(shop.s3, places.staged) == []
    with pytest.raises(ClaimLostError, match=r"nights/items/1/plan.json .* Clear the run from plan on"):
        record(shop.s3, shop.storage, lost, NOW)


def test_a_carried_night_is_not_recorded_and_the_next_night_takes_its_sources(shop: Shop) -> None:
    shop.drop("a.csv")
    carried = shop.plan("1")
    shop.gathered(carried, "carried")
    assert record(shop.s3, shop.storage, carried, NOW) is None
    shop.fates["1"] = "over"
    shop.drop("b.csv")

    assert shop.night("2") == ["a.csv", "b.csv"]


def test_a_refused_source_is_not_taken(shop: Shop) -> None:
    good, bad = shop.drop("a.csv", "good"), shop.drop("b.csv", "bad")
    plan = shop.plan("1")
    taken = [source for source in written.as_json(plan)["sources"] if source["uri"] == good]
    shop.gathered(plan, rows_read=1, rows_imported=1, sources=taken, refused=[{"uri": bad, "reason": "not CSV"}])
    record(shop.s3, shop.storage, plan, NOW)

    assert shop.night("2") == ["b.csv"]


def test_runs_that_plan_at_once_take_disjoint_sources(shop: Shop) -> None:
    dropped = [shop.drop(f"{number}.csv") for number in range(20)]
    runs = [f"run{number}" for number in range(4)]
    shop.fates = dict.fromkeys(runs, "going on")

    with ThreadPoolExecutor(len(runs)) as pool:
        plans = list(pool.map(shop.plan, runs))

    assert sorted(source.uri for plan in plans for source in plan.sources) == sorted(dropped)


def test_the_turn_of_a_run_that_died_while_planning_is_taken_over(shop: Shop) -> None:
    shop.drop("a.csv")
    place = Place.of(shop.storage.workspace) / "nights/items/planning.json"
    dead = written.as_json(Plan("dead", "shop.import_datasets", "run dead", "items"))
    shop.s3.put_object(Bucket=place.bucket, Key=place.key, Body=json.dumps(dead))
    shop.fates["dead"] = "over"

    assert names(shop.plan("1")) == ["a.csv"]


def test_a_window_is_one_portion_and_begins_where_the_newest_recorded_one_ends(shop: Shop) -> None:
    assert planning.last_high(shop.s3, shop.storage, "items") is None
    for run_key, window in (("2", Window(None, "2026-11-20")), ("1", Window("2026-11-20", "2026-11-21"))):
        plan = shop.plan(run_key, window)
        assert (plan.window, plan.portions, plan.sources) == (window, ((),), ())
        shop.gathered(plan, rows_read=1, rows_imported=1)
        record(shop.s3, shop.storage, plan, NOW.replace(minute=int(window.high[-2:])))
        assert planning.last_high(shop.s3, shop.storage, "items") == window.high


def test_a_window_waits_while_another_goes_on(shop: Shop) -> None:
    shop.plan("1", Window(None, "5"))
    shop.fates["1"] = "going on"

    assert shop.plan("2", Window(None, "6")).portions == ()


def test_a_night_is_recorded_once(shop: Shop) -> None:
    shop.drop("a.csv")
    plan = shop.plan("1")
    shop.gathered(plan)

    first = record(shop.s3, shop.storage, plan, NOW, "arn:job")
    again = record(shop.s3, shop.storage, plan, NOW.replace(hour=9), "arn:other")

    assert first == again
    assert first is not None
    assert (first.recorded_at, first.import_job) == ("2026-11-22T03:00:00.000000+00:00", "arn:job")


def test_an_unreadable_record_is_named_with_its_remedy(shop: Shop) -> None:
    place = NightPlaces(shop.storage, "items", "1").record
    shop.s3.put_object(Bucket=place.bucket, Key=place.key, Body=b'{"run_key": 1}')

    with pytest.raises(written.UnreadableRecordError, match=r"imported/items/1.json: .*Restore the object's earlier"):
        shop.plan("2")
