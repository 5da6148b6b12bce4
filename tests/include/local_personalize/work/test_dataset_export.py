"""Exports: what comes out is what was imported and put, whichever way it went in."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.include.local_personalize.shop import checkerboard
from tests.include.local_personalize.work.exporting import exported, start_export

FIELDS = [("USER_ID", "string"), ("CITY", ["null", "string"]), ("AGE", ["null", "int"])]
HEADER = "USER_ID,CITY,AGE"
CITY = st.none() | st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=5)
RECORDS = st.dictionaries(
    st.sampled_from(["u1", "u2", "u3"]), st.tuples(CITY, st.none() | st.integers(0, 99)), min_size=1
)
STEPS = st.lists(st.tuples(st.sampled_from(["FULL", "INCREMENTAL", "PUT"]), RECORDS), max_size=4)


def line(user, city, age):
    quoted = "" if city is None else '"' + city.replace("\\", "\\\\").replace('"', '""') + '"'
    return f"{user},{quoted},{'' if age is None else age}"


def put_users(shop, dataset, records):
    users = [
        {"userId": user, "properties": json.dumps({"city": city, "age": age})} for user, (city, age) in records.items()
    ]
    shop.events.put_users(datasetArn=dataset, users=users)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=RECORDS, steps=STEPS)
def test_all_is_the_newest_of_what_was_imported_and_put(shop, s3, first, steps):
    dataset = shop.dataset(shop.group(), "Users", FIELDS)
    bulk, put = {}, {}
    for time, (kind, records) in enumerate([("FULL", first), *steps]):
        stamped = {user: (time, values) for user, values in records.items()}
        if kind == "PUT":
            put_users(shop, dataset, records)
            put |= stamped
        else:
            lines = [HEADER, *[line(user, *values) for user, values in records.items()]]
            assert shop.import_lines(dataset, lines, kind)["status"] == "ACTIVE"
            bulk = stamped if kind == "FULL" else bulk | stamped
    newest = {
        user: max(bulk.get(user, (-1, None)), put.get(user, (-1, None)), key=lambda each: each[0])
        for user in bulk | put
    }
    rows, headers = exported(shop, s3, dataset, "ALL")
    assert headers == {HEADER}
    assert {row["USER_ID"]: (row["CITY"] or None, int(row["AGE"]) if row["AGE"] else None) for row in rows} == {
        user: values for user, (_, values) in newest.items()
    }
    assert len(rows) == len(newest)


def test_bulk_and_put_are_exported_apart(shop, s3):
    dataset = shop.dataset(shop.group(), "Users", FIELDS)
    assert exported(shop, s3, dataset, "ALL") == ([], {HEADER})
    shop.import_lines(dataset, [HEADER, "u1,Rome,1", "u2,Oslo,2"])
    put_users(shop, dataset, {"u1": ("Paris", 3)})
    put_users(shop, dataset, {"u1": ("Lyon", 4)})
    put_users(shop, dataset, {"u1": ("Lyon", 4)})

    def cities(mode):
        return [row["CITY"] for row in exported(shop, s3, dataset, mode)[0]]

    assert cities("BULK") == ["Rome", "Oslo"]
    assert cities("PUT") == ["Paris", "Lyon"]
    assert sorted(cities("ALL")) == ["Lyon", "Oslo"]


def test_every_interaction_is_exported_and_may_be_imported_again(shop, s3):
    group = shop.group()
    dataset = shop.dataset(group, "Interactions")
    lines = checkerboard()
    shop.import_lines(dataset, lines)
    tracker = shop.api.create_event_tracker(name=shop.name("tracker"), datasetGroupArn=group)["trackingId"]
    request = {"trackingId": tracker, "sessionId": "s1"}
    event = {"itemId": "i1", "eventType": "watch", "sentAt": 1_700_000_000}
    shop.events.put_events(userId="u1", eventList=[event, event | {"itemId": "i2"}], **request)
    shop.events.put_events(eventList=[event | {"itemId": "i3"}], **request | {"sessionId": "anonymous"})
    rows, _ = exported(shop, s3, dataset, "PUT")
    assert [(row["USER_ID"], row["ITEM_ID"]) for row in rows] == [("u1", "i1"), ("u1", "i2"), ("anonymous", "i3")]
    everything, headers = exported(shop, s3, dataset, "ALL")
    assert headers == {lines[0]}
    again = [",".join(row.values()) for row in everything]
    assert again[:-3] == lines[1:]
    assert shop.import_lines(dataset, [lines[0], *again])["status"] == "ACTIVE"
    assert [",".join(row.values()) for row in exported(shop, s3, dataset, "BULK")[0]] == again


@pytest.mark.parametrize("path", ["s3://no-such-bucket/exports", "s3://no-such-bucket"])
def test_an_export_that_cannot_be_written_fails_with_the_reason(shop, path):
    dataset = shop.dataset(shop.group(), "Users", FIELDS)
    job = start_export(shop, dataset, "ALL", path)
    assert (job["status"], job["failureReason"][:23]) == ("CREATE FAILED", "Invalid S3 output path.")
