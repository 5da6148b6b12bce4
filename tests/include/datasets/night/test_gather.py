"""Nights gathered on a real S3 server: what Personalize is given, what it is not, and why."""

import io
from collections import Counter
from typing import Any

import pyarrow.csv
import pytest

from include.config import Checks, Threshold
from include.datasets.night import channel, gather, written
from include.datasets.night.gather import NightStoppedError
from include.datasets.night.places import NightPlaces
from include.datasets.night.records import Night
from include.s3 import Place
from tests.include.datasets.night.shop import EVENTS, Shop, events


def lines(shop: Shop, night: Night) -> Counter[str]:
    return Counter(",".join(row.values()) for row in shop.staged(night))


def test_the_dataset_is_every_distinct_row_once(shop: Shop) -> None:
    shop.drop("interactions/a.csv", [*events(1200), *events(100)])
    first = shop.night("1")
    shop.drop("interactions/again under another name.csv", [*events(1200), *events(100)])
    nothing = shop.night("2")
    shop.drop("interactions/b.csv", events(1100, first=1100))
    third = shop.night("3")

    assert lines(shop, first) + lines(shop, third) == Counter(events(2200))
    assert (nothing.channel, nothing.rows_read, nothing.duplicates["repeated"]) == ("nothing", 1300, 1300)
    assert (first.import_mode, third.import_mode) == ("FULL", "INCREMENTAL")
    assert shop.night("4").note == "nothing new"


@pytest.mark.parametrize(
    ("rows", "setting"),
    [(0, "carry"), (300, "carry"), (999, "carry"), (300, "events"), (999, "events"), (1000, "carry")],
)
def test_a_night_under_1000_interactions(shop: Shop, rows: int, setting: str) -> None:
    shop.settings = {"small_night": setting}
    shop.drop("interactions/a.csv", events(1000))
    shop.night("1")
    shop.drop("interactions/b.csv", events(rows, first=1000) or events(1))
    small = shop.night("2")
    shop.drop("interactions/c.csv", events(1000, first=5000))
    after = shop.night("3")

    way = {"carry": "carried", "events": "events"}[setting]
    assert small.channel == ("nothing" if rows == 0 else "import" if rows == 1000 else way)
    carried = rows if small.channel == "carried" else 0
    assert (small.rows_carried, small.rows_imported) == (carried, rows - carried)
    assert (small.archive is None) is (rows == carried)
    assert after.rows_imported == 1000 + carried
    assert (small.watermark is None) is (rows == carried)


def test_rows_sent_as_events_are_known_but_not_imported_again_by_a_full_import(shop: Shop) -> None:
    shop.settings = {"small_night": "events", "full_every_days": 2}
    shop.drop("interactions/a.csv", events(1000))
    shop.night("1")
    shop.drop("interactions/b.csv", events(10, first=1000, who=lambda n: f"new{n}"))
    sent = shop.night("2")
    shop.drop("interactions/c.csv", [*events(10, first=1000, who=lambda n: f"new{n}"), *events(10, first=2000)])
    full = shop.night("3")

    assert (sent.channel, full.channel, full.import_mode) == ("events", "import", "FULL")
    assert lines(shop, full) == Counter(events(1000) + events(10, first=2000))
    assert (full.rows_imported, full.duplicates["repeated"]) == (10, 10)
    assert {row["USER_ID"] for row in shop.parquet(full.known["USER_ID"])} >= {"new1000", "u0"}


def test_a_full_import_after_the_schema_grew_has_nulls_where_rows_are_older(shop: Shop) -> None:
    shop.settings = {"full_every_days": 2}
    shop.drop("interactions/a.csv", events(1000))
    shop.night("1")
    shop.fields["interactions"] = [*shop.fields["interactions"], {"name": "DEVICE", "type": ["null", "string"]}]
    shop.drop("interactions/b.csv", [f"{line},phone" for line in events(1000, first=1000)])
    shop.night("2")
    shop.drop("interactions/c.csv", [f"{line}," for line in events(1010, first=990)])
    full = shop.night("3")

    assert full.import_mode == "FULL"
    older, newer = [f"{line}," for line in events(2000)], [f"{line},phone" for line in events(1000, first=1000)]
    assert lines(shop, full) == Counter(older + newer)
    assert full.duplicates["repeated"] == 10  # equal to older rows, which have no DEVICE


def test_everything_is_imported_again_when_personalize_has_lost_it(shop: Shop) -> None:
    shop.drop("interactions/a.csv", events(1000))
    shop.drop("items/a.csv", ["i1,One,1", "i2,Two,2"])
    shop.night("1", "items")
    shop.night("1")
    shop.imported.clear()
    shop.drop("interactions/b.csv", events(5, first=1000))
    shop.drop("items/b.csv", ["i2,Zwei,2"])
    items, interactions = shop.night("2", "items"), shop.night("2")

    assert (items.import_mode, interactions.import_mode) == ("FULL", "FULL")
    assert lines(shop, items) == Counter(["i1,One,1", "i2,Zwei,2"])
    assert lines(shop, interactions) == Counter(events(1005))


def test_an_increment_too_large_for_personalize_becomes_full(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "MOST_INCREMENTAL_BYTES", 10_000)
    shop.drop("interactions/a.csv", events(1000))
    shop.night("1")
    shop.drop("interactions/b.csv", events(1000, first=1000))
    night = shop.night("2")

    assert (night.import_mode, lines(shop, night)) == ("FULL", Counter(events(2000)))


def test_the_last_row_of_an_item_wins_and_unchanged_items_are_not_sent(shop: Shop) -> None:
    shop.drop("items/a.csv", ["i1,One,1", "i2,Two,2", "i3,Three,"])
    shop.night("1", "items")
    shop.drop("items/b.csv", ["i1,One,1", "i2,Zwei,2", "i2,Deux,2", "i4,Four,4", "i4,Four,4", "i3,Three,"])
    night = shop.night("2", "items")

    assert lines(shop, night) == Counter(["i2,Deux,2", "i4,Four,4"])
    assert night.duplicates == {"repeated": 1, "superseded": 1, "unchanged": 2}
    assert [(row["ITEM_ID"], row["TITLE"]) for row in shop.parquet(night.known["rows"])] == [
        ("i1", "One"), ("i2", "Deux"), ("i3", "Three"), ("i4", "Four"),
    ]  # fmt: skip


def test_cells_are_staged_as_they_were(shop: Shop) -> None:
    titles = ['say "hi"', "back\\slash", "end\\", "comma, and", "\u2028 ünï", "#1", " lead", '\\"', "NULL", ""]
    quoted = [title.replace('"', '""') for title in titles]
    shop.drop("items/a.csv", [f'i{number},"{title}",0.1' for number, title in enumerate(quoted)])
    night = shop.night("1", "items")

    assert {row["ITEM_ID"]: row["TITLE"] for row in shop.staged(night)} == {
        f"i{number}": title for number, title in enumerate(titles)
    }
    place = Place.of(f"{night.location}items.csv")
    body = shop.s3.get_object(Bucket=place.bucket, Key=place.key)["Body"].read().decode()
    assert body.splitlines()[0] == "ITEM_ID,TITLE,PRICE"
    as_the_service_reads = pyarrow.csv.read_csv(
        io.BytesIO(body.encode()), parse_options=pyarrow.csv.ParseOptions(escape_char="\\")
    )
    assert as_the_service_reads["TITLE"].to_pylist() == titles
    assert len(body.split("\n")) == len(titles) + 2


@pytest.mark.parametrize("policy", ["allow", "warn", "quarantine"])
def test_interactions_with_unknown_items(shop: Shop, policy: str) -> None:
    shop.drop("items/a.csv", [f"i{number},T,1" for number in range(30)])  # events have i0 to i30
    shop.night("1", "items")
    shop.settings = {"checks": Checks(unknown_ids=policy)}
    source = shop.drop("interactions/a.csv", [*events(1300), *events(1)])
    night = shop.night("1", known_ids=shop.known_ids())

    unknown = [line for line in events(1300) if ",i30," in line]
    told = f"{len(unknown)} interactions have one of 1 ids that the items dataset lacks (ITEM_ID i30)"
    assert (told in night.warnings) is (policy == "warn")
    assert night.rows_imported == 1300 - (len(unknown) if policy == "quarantine" else 0)
    assert night.reasons == ({"ITEM_ID": len(unknown)} if policy == "quarantine" else {})
    if policy == "quarantine":
        rows = list(shop.quarantined(night))
        assert [row["row"] for row in rows] == unknown
        assert (rows[0]["source"], rows[0]["line"], rows[0]["column"]) == (source, "32", "ITEM_ID")
        assert "i30" not in {row["ITEM_ID"] for row in shop.parquet(night.known["ITEM_ID"])}


def test_figures_of_a_night_are_compared_with_the_nights_before(shop: Shop) -> None:
    shop.settings = {"checks": Checks(at_least=1, volume=Threshold(warn=0.1, stop=0.5))}
    shop.drop("interactions/a.csv", events(1000))
    shop.night("1")
    shop.drop("interactions/b.csv", [*events(1700, first=1000), *events(300, first=2700, who=lambda n: f"new{n}")])
    plan = shop.plan("2")
    with pytest.raises(NightStoppedError, match=r"checks.volume.stop") as stopped:
        shop.gathered(plan)

    assert stopped.value.night.statistics == {
        "rows": 2000, "event_types": {"watch": 2000}, "new_users": 0.15, "new_items": 0.0, "quarantined": 0.0,
        "nulls": dict.fromkeys(("USER_ID", "ITEM_ID", "EVENT_TYPE", "TIMESTAMP"), 0.0),
    }  # fmt: skip
    assert written.read_night(shop.s3, NightPlaces(shop.storage, "interactions", "2")) is None
    assert any("checks.volume.stop" in warning for warning in shop.gathered(plan, accept_drift=True).warnings)


def test_a_first_import_with_too_few_users_warns(shop: Shop) -> None:
    shop.drop("interactions/a.csv", events(1000, who=lambda n: f"u{n % 24}" if n % 2 else f"once{n}"))

    assert shop.night("1").warnings == (
        "12 users have two interactions or more; Personalize trains with no fewer than 25 such users",
    )


def test_a_night_stays_as_it_is_once_its_import_is_ordered_or_recorded(shop: Shop) -> None:
    shop.drop("interactions/a.csv", events(1000))
    plan = shop.plan("1")
    night = shop.gathered(plan)
    shop.settings = {"checks": Checks(at_least=1), "small_night": "events"}
    shop.drop("interactions/a.csv", events(5))  # changed after the night was planned

    assert shop.gathered(plan, ordered=True) == night
    shop.record(plan)
    assert shop.gathered(plan).rows_imported == 1000
    assert lines(shop, night) == Counter(events(1000))


def test_an_object_that_changes_after_the_plan_is_refused_and_taken_the_next_night(shop: Shop) -> None:
    shop.drop("interactions/a.csv", events(1000))
    changed, gone = shop.drop("interactions/b.csv", events(5)), shop.drop("interactions/c.csv", events(6))
    plan = shop.plan("1")
    shop.drop("interactions/b.csv", events(1007))
    place = Place.of(gone)
    shop.s3.delete_object(Bucket=place.bucket, Key=place.key)
    night = shop.gathered(plan)
    shop.record(plan)

    assert [(refused["uri"], refused["reason"].split(": ")[1]) for refused in night.refused] == [
        (changed, "was changed after the night was planned. The next night takes it as it is now."),
        (gone, "is not there any more. Upload it again."),
    ]
    assert night.rows_read == 1000
    assert shop.night("2").rows_read == 1007


def test_two_nights_that_started_from_the_same_base_are_both_known(shop: Shop) -> None:
    shop.drop("items/a.csv", ["i1,One,1"])
    shop.night("0", "items")
    shop.drop("items/b.csv", ["i2,Two,2"])
    first = shop.plan("2", "items")
    shop.fates["2"] = "going on"
    shop.drop("items/c.csv", ["i1,Uno,1", "i3,Three,3"])
    second = shop.plan("1", "items")
    for plan in (first, second):
        shop.gathered(plan)
    for plan in (first, second):
        shop.record(plan)
    shop.drop("items/d.csv", ["i1,Uno,1", "i2,Two,2", "i3,Three,3", "i4,Four,4"])
    last = shop.night("3", "items")

    assert (last.rows_imported, last.duplicates["unchanged"]) == (1, 3)
    assert len(shop.parquet(last.known["rows"])) == 4


def test_a_backfill_run_older_than_the_recorded_nights_knows_them(shop: Shop) -> None:
    shop.drop("interactions/a.csv", events(1000))
    shop.night("20261122")
    shop.drop("interactions/backfill.csv", [*events(1000, first=-1000), *events(200)])
    backfill = shop.night("20260101")

    assert (backfill.rows_imported, backfill.duplicates["repeated"]) == (1000, 200)
    assert backfill.oldest == EVENTS - 1000


def test_rows_that_are_lost_between_check_and_gather_stop_the_night(shop: Shop) -> None:
    shop.drop("interactions/a.csv", events(1000))
    plan = shop.plan("1")
    facts: tuple[Any, ...] = (shop.s3, shop.storage, "interactions", shop.dataset("interactions"), plan)

    with pytest.raises(ValueError, match=r"1 portions were planned, and these were checked: \[\]"):
        gather.gather(*facts, [], has_import=False, now=shop.now)
