"""What a night takes, on a real S3 server: every source once, whatever becomes of the runs."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest

from include.datasets.night import gather, planning, portion, written
from include.datasets.night.claims import ClaimLostError
from include.datasets.night.places import NightPlaces
from include.datasets.night.recording import record
from include.datasets.night.records import Plan, Window
from include.datasets.reading.chunk import Chunk
from include.s3 import Place, under
from tests.include.datasets.night.shop import Shop, events


def names(plan: Plan) -> list[str]:
    return [Place.of(source.uri).name for source in plan.sources]


def taken(shop: Shop, run_key: str) -> list[str]:
    """The names of the files that a night of items takes."""
    return [Place.of(source.uri).name for source in shop.night(run_key, "items").sources]


def test_a_night_takes_what_no_night_has_taken_in_the_order_of_upload(shop: Shop) -> None:
    shop.drop("items/b.csv", ["b,B,1"])
    time.sleep(1.05)  # S3's times are whole seconds
    shop.drop("items/a.jsonl", '{"ITEM_ID": "a", "TITLE": "A"}\n')
    shop.drop("items/later/c.csv", ["c,C,1"])
    shop.drop("items/_SUCCESS", "")
    shop.drop("items/_temporary/0/d.csv", ["d,D,1"])

    assert taken(shop, "1") == ["b.csv", "a.jsonl", "c.csv"]
    assert taken(shop, "2") == []


def test_the_same_bytes_are_taken_once_and_changed_bytes_are_new(shop: Shop) -> None:
    for run_key, title, expected in (
        ("1", "one", ["a.csv"]),
        ("2", "one", []),
        ("3", "two", ["a.csv"]),
        ("4", "one", ["a.csv"]),  # what the shop says now is not what Personalize has
    ):
        shop.drop("items/a.csv", [f"a,{title},1"])
        assert taken(shop, run_key) == expected


def test_a_late_file_with_an_early_name_is_taken_and_so_is_a_backfill_of_an_older_run(shop: Shop) -> None:
    shop.drop("items/2026-11-21.csv", ["a,A,1"])
    assert taken(shop, "20261121") == ["2026-11-21.csv"]
    shop.drop("items/2026-11-03.csv", ["b,B,1"])

    assert taken(shop, "20261103") == ["2026-11-03.csv"]
    assert taken(shop, "20261122") == []


def test_sources_are_cut_into_portions_of_a_size(shop: Shop) -> None:
    shop.settings = {"partition_mb": 1}
    for name, size in (("a", 600_000), ("b", 400_000), ("c", 1), ("d", 2_000_000), ("e", 5)):
        shop.drop(f"items/{name}.csv", name * size)

    assert shop.plan("1", "items").portions == ((0, 1), (2,), (3,), (4,))  # at most 1 MB, but for a larger file


def test_clearing_plan_gives_the_same_plan_before_the_import_is_ordered_and_after_it_is_recorded(shop: Shop) -> None:
    shop.drop("items/a.csv", ["a,A,1"])
    first = shop.plan("1", "items")
    shop.drop("items/b.csv", ["b,B,1"])
    assert shop.plan("1", "items") == first
    shop.gathered(first)
    assert shop.plan("1", "items") == first
    shop.record(first)
    assert shop.plan("1", "items") == first
    assert names(shop.plan("2", "items")) == ["b.csv"]


def test_a_run_whose_import_failed_is_planned_anew_when_it_is_cleared(shop: Shop) -> None:
    shop.drop("items/bad.csv", ["a,bad,1"])
    shop.gathered(shop.plan("1", "items"))
    shop.drop("items/bad.csv", ["a,mended,1"])
    shop.drop("items/more.csv", ["b,B,1"])

    again = shop.plan("1", "items", spent=True)

    assert names(again) == ["bad.csv", "more.csv"]
    places = NightPlaces(shop.storage, "items", "1")
    assert written.read_night(shop.s3, places) is None
    assert under(shop.s3, places.staged) == []


def test_a_night_that_was_imported_but_not_recorded_is_recorded_on_its_behalf(shop: Shop) -> None:
    shop.drop("items/a.csv", ["a,A,1"])
    shop.gathered(shop.plan("1", "items"))
    shop.drop("items/b.csv", ["b,B,1"])
    shop.fates["1"] = "imported"

    assert names(shop.plan("2", "items")) == ["b.csv"]
    assert [night.run_key for night in written.recorded(shop.s3, shop.storage, "items")] == ["1"]


def test_a_night_that_goes_on_keeps_its_sources_but_not_what_became_of_them_since(shop: Shop) -> None:
    shop.drop("items/a.csv", ["a,one,1"])
    shop.drop("items/b.csv", ["b,one,1"])
    shop.plan("1", "items")
    shop.drop("items/b.csv", ["b,two,1"])
    shop.fates["1"] = "going on"

    assert names(shop.plan("2", "items")) == ["b.csv"]
    assert written.read_plan(shop.s3, NightPlaces(shop.storage, "items", "1")) is not None


def test_a_night_that_is_over_is_given_up_and_its_sources_are_new_again(shop: Shop) -> None:
    shop.drop("items/a.csv", ["a,A,1"])
    lost = shop.plan("1", "items")
    shop.gathered(lost)
    shop.fates["1"] = "over"

    assert names(shop.plan("2", "items")) == ["a.csv"]
    places = NightPlaces(shop.storage, "items", "1")
    assert under(shop.s3, places.folder) == under(shop.s3, places.staged) == []
    for step in (shop.gathered, shop.record):
        with pytest.raises(ClaimLostError, match=r"nights/items/1/plan.json .* Clear the run from plan on"):
            step(lost)


def test_a_carried_night_is_not_recorded_and_the_next_night_takes_its_sources(shop: Shop) -> None:
    shop.drop("interactions/a.csv", events(300))
    carried = shop.plan("1")
    night = shop.gathered(carried)
    assert (night.channel, night.rows_carried) == ("carried", 300)
    assert record(shop.s3, shop.storage, carried, shop.now) is None
    shop.drop("interactions/b.csv", events(700, first=300))

    assert shop.night("2").rows_imported == 1000


def test_a_refused_source_is_not_taken_and_the_others_go_on(shop: Shop) -> None:
    shop.drop("items/a.csv", ["a,A,1"])
    bad = shop.drop("items/b.csv", "ITEM_ID,TITLE,PRICE\nb,B,1\n".encode("utf-16"))

    first, second = shop.night("1", "items"), shop.plan("2", "items")

    assert [refused["uri"] for refused in first.refused] == [bad]
    assert (first.rows_read, first.rows_imported) == (1, 1)
    assert names(second) == ["b.csv"]


def test_runs_that_plan_at_once_take_disjoint_sources(shop: Shop) -> None:
    dropped = [shop.drop(f"items/{number}.csv", [f"{number},N,1"]) for number in range(20)]
    runs = [f"run{number}" for number in range(4)]
    shop.fates = dict.fromkeys(runs, "going on")

    with ThreadPoolExecutor(len(runs)) as pool:
        plans = list(pool.map(lambda run: shop.plan(run, "items"), runs))

    assert sorted(source.uri for plan in plans for source in plan.sources) == sorted(dropped)


def test_the_turn_of_a_run_that_died_while_planning_is_taken_over(shop: Shop) -> None:
    shop.drop("items/a.csv", ["a,A,1"])
    place = Place.of(shop.storage.workspace) / "nights/items/planning.json"
    dead = json.dumps(written.as_json(Plan("dead", "shop.import_datasets", "run dead", "items")))
    shop.s3.put_object(Bucket=place.bucket, Key=place.key, Body=dead)

    assert names(shop.plan("1", "items")) == ["a.csv"]
    assert written.read_bytes(shop.s3, place) is None


def test_a_window_is_one_portion_and_the_next_one_begins_where_the_newest_recorded_one_ends(shop: Shop) -> None:
    assert planning.last_high(shop.s3, shop.storage, "items") is None
    for run_key, window in (("2", Window(None, "2026-11-20")), ("1", Window("2026-11-20", "2026-11-21"))):
        plan = shop.plan(run_key, "items", window)
        assert (plan.window, plan.portions, plan.sources) == (window, ((),), ())
        facts = (shop.s3, shop.storage, "items", shop.dataset("items"), plan)
        cells = pa.table({"ITEM_ID": [run_key, "", "both"], "TITLE": ["A", "B", run_key], "PRICE": ["1.5", None, "2"]})
        chunk = Chunk(cells, pa.array([1, 2, 3], pa.int64()), lambda position: f"row {position}")
        found = portion.check_rows(*facts, (each for each in [chunk]), shop.now)
        night = gather.gather(*facts, [found], has_import=run_key == "1", now=shop.now)
        assert (night.rows_read, night.rows_imported, night.reasons) == (3, 2, {"ITEM_ID": 1})
        assert [row["row"] for row in shop.quarantined(night)] == ["row 1"]
        shop.record(plan)
        assert planning.last_high(shop.s3, shop.storage, "items") == window.high


def test_a_window_waits_while_another_goes_on(shop: Shop) -> None:
    shop.plan("1", "items", Window(None, "5"))
    shop.fates["1"] = "going on"

    assert shop.plan("2", "items", Window(None, "6")).portions == ()


def test_what_athena_unloaded_for_a_window_is_added_to_its_plan(shop: Shop) -> None:
    plan = shop.plan("1", "items", Window(None, "5"))
    folder = Place.of(shop.storage.workspace) / "unloaded/items/1"
    shop.s3.put_object(Bucket=folder.bucket, Key=(folder / "0001").key, Body=b"PAR1")

    unloaded = planning.plan_unloaded(shop.s3, shop.storage, plan, shop.dataset("items"), folder)

    assert (names(unloaded), unloaded.portions, unloaded.window) == (["0001"], ((0,),), Window(None, "5"))
    assert shop.plan("1", "items") == unloaded


def test_a_night_is_recorded_once(shop: Shop) -> None:
    shop.drop("items/a.csv", ["a,A,1"])
    plan = shop.plan("1", "items")
    shop.gathered(plan)

    first = record(shop.s3, shop.storage, plan, shop.now, "arn:job")
    again = record(shop.s3, shop.storage, plan, shop.now.replace(hour=9), "arn:other")

    assert first == again
    assert first is not None
    assert (first.recorded_at, first.import_job) == ("2026-11-22T03:00:00.000000+00:00", "arn:job")


def test_an_unreadable_record_is_named_with_its_remedy(shop: Shop) -> None:
    place = NightPlaces(shop.storage, "items", "1").record
    shop.s3.put_object(Bucket=place.bucket, Key=place.key, Body=b'{"run_key": 1}')

    with pytest.raises(written.UnreadableRecordError, match=r"imported/items/1.json: .*Restore the object's earlier"):
        shop.plan("2", "items")
