"""Sources of a portion on a real S3 server: all of a source or nothing, and every row accounted for."""

import gzip
import io

import pyarrow as pa
import pyarrow.parquet as pq

from include.datasets.night import portion, written
from include.datasets.night.records import Plan, Portion
from tests.include.datasets.night.shop import Shop, events


def checked(shop: Shop, plan: Plan) -> Portion:
    facts = (shop.s3, shop.storage, plan.dataset_type, shop.dataset(plan.dataset_type), plan)
    return portion.check_portion(*facts, 0, shop.now)


def test_rows_of_several_sources_keep_their_place_and_bad_ones_come_as_they_were(shop: Shop) -> None:
    a = shop.drop("items/a.csv", ["i1,One,1.5", ",Nobody,1", "i2,Two,much"])
    rows = pa.table({"ITEM_ID": ["i3", "i4"], "TITLE": ["Three", None], "PRICE": [3.0, 4.0]})
    body = io.BytesIO()
    pq.write_table(rows, body)
    shop.drop("items/b.parquet", body.getvalue())
    c = shop.drop("items/c.jsonl", '{"ITEM_ID": "i5", "TITLE": 5}\n{broken\n')

    found = checked(shop, shop.plan("1", "items"))

    assert (found.rows_read, found.rows_good, found.rows_quarantined) == (7, 4, 3)
    assert found.reasons == {"ITEM_ID": 1, "PRICE": 1, "whole row": 1}
    assert [tuple(row.values()) for row in shop.parquet(found.checked)] == [
        ("i1", "One", 1.5, 0, 2),
        ("i3", "Three", 3.0, 1, 1),
        ("i4", None, 4.0, 1, 2),
        ("i5", "5", None, 2, 1),
    ]
    night = shop.gathered(shop.plan("1", "items"))
    assert [(row["source"], row["line"], row["row"].strip()) for row in shop.quarantined(night)] == [
        (a, "3", ",Nobody,1"),
        (a, "4", "i2,Two,much"),
        (c, "2", "{broken"),
    ]
    assert written.read_portions(shop.s3, shop.storage, shop.plan("1", "items")) == [found]


def test_a_source_refused_midway_leaves_none_of_its_rows(shop: Shop) -> None:
    header = ",".join(field["name"] for field in shop.fields["interactions"])
    whole = gzip.compress("\n".join([header, *events(200_000), ",,,\n"]).encode())
    broken = shop.drop("interactions/a.csv.gz", whole[: len(whole) * 3 // 4])
    nameless = shop.drop("interactions/b.txt", "?")
    shop.drop("interactions/c.csv", [*events(3), "u,i,watch,soon"])

    found = checked(shop, shop.plan("1"))

    assert [refused["uri"] for refused in found.refused] == [broken, nameless]
    assert "truncated gzip" in found.refused[0]["reason"]
    assert "name the format under source.s3.format" in found.refused[1]["reason"]
    assert (found.rows_read, found.rows_good, found.reasons) == (4, 3, {"TIMESTAMP": 1})
    assert {row["_source"] for row in shop.parquet(found.checked)} == {2}


def test_the_format_may_be_named_where_names_do_not_tell_it(shop: Shop) -> None:
    shop.settings = {"source": {"s3": {"format": "csv"}}}
    shop.drop("items/export.txt", ["i1,One,1"])

    assert checked(shop, shop.plan("1", "items")).rows_good == 1


def test_checking_again_leaves_nothing_of_the_time_before(shop: Shop) -> None:
    shop.drop("items/a.csv", ["i1,One,1", "i2,,much"])
    plan = shop.plan("1", "items")
    before = checked(shop, plan)
    shop.fields["items"] = [field for field in shop.fields["items"] if field["name"] != "PRICE"]
    again = checked(shop, plan)

    assert (before.rows_quarantined, again.rows_quarantined, again.quarantine) == (1, 0, None)
    assert [row["ITEM_ID"] for row in shop.parquet(again.checked)] == ["i1", "i2"]
