"""What was put record by record, as models, trainings and exports read it, in a real SQLite file."""

import json
from contextlib import closing

import pytest

from include.local_personalize.datasets import avro_schema, put_data
from include.local_personalize.datasets.put_data import Event
from include.local_personalize.state.store import Store
from tests.include.local_personalize.shop import schema_text

INTERACTIONS = avro_schema.parse(schema_text("Interactions"))
USERS = avro_schema.parse(
    schema_text("Users", [("USER_ID", "string"), ("AGE", "int"), ("MEMBER", ["null", "boolean"])])
)
ALL = 10**9


@pytest.fixture
def connection(tmp_path):
    with closing(Store(tmp_path / "state.sqlite")) as store, store.writing() as connection:
        yield connection


def event(item, user=None, session="s", time=1, event_id=None, **columns):
    record = {"ITEM_ID": item, "EVENT_TYPE": "watch", "TIMESTAMP": time} | columns
    return Event(session, user, event_id, None, record)


def put(connection, *events):
    put_data.add_events(connection, "dataset", 0.0, events)
    return put_data.last_seq(connection, "dataset")


def rows(connection, up_to=ALL, read=put_data.interactions):
    table = read(connection, "dataset", up_to, INTERACTIONS)
    return [(row["USER_ID"], row["ITEM_ID"]) for row in table.to_pylist()]


def test_numbers_grow_and_an_empty_dataset_has_none(connection):
    assert put_data.last_seq(connection, "dataset") == 0
    first = put(connection, event("i1", "u1"))
    assert put(connection, event("i2", "u1")) > first
    assert put_data.last_seq(connection, "another") == 0
    assert rows(connection, up_to=first) == [("u1", "i1")]


def test_a_session_joins_the_user_who_logs_in_later(connection):
    before = put(connection, event("i1"), event("i2", session="never logs in"))
    assert rows(connection) == []
    put(connection, event("i3", "u1"), event("i4"), event("i5", "u2"))
    # i4 came after u1 had logged in and before u2 did: it is the next user's, as an anonymous event always is.
    assert rows(connection) == [("u1", "i1"), ("u1", "i3"), ("u2", "i4"), ("u2", "i5")]
    assert rows(connection, up_to=before) == []
    assert ("never logs in", "i2") in rows(connection, read=put_data.every_event)


def test_an_event_id_counts_once(connection):
    put(connection, event("i1", "u1", event_id="e"), event("i2", "u1", event_id="e"), event("i3", "u1"))
    put(connection, event("i4", "u1", event_id="e"))
    assert rows(connection) == [("u1", "i1"), ("u1", "i3")]
    assert len(rows(connection, read=put_data.every_event)) == 4
    assert [each.item_id for each in put_data.streamed(connection, "dataset", "u1", 0)] == ["i1", "i3"]


def test_an_event_that_is_sent_again_is_no_new_data(connection):
    put(connection, event("i1", user="u", event_id="e"))
    before = put_data.newest_seq(connection, "dataset")
    put(connection, event("i1", user="u", event_id="e"))

    assert put_data.newest_seq(connection, "dataset") == before
    assert put_data.last_seq(connection, "dataset") > before
    put(connection, event("i2", user="u", event_id="f"))
    assert put_data.newest_seq(connection, "dataset") == put_data.last_seq(connection, "dataset")


def test_streamed_events_are_those_after_a_number_with_the_newest_last(connection):
    trained = put(connection, event("old", "u1"))
    put(
        connection,
        event("late", "u1", time=30),
        event("early", "u1", time=20),
        event("other", "u2"),
        event("anonymous"),
    )
    put(connection, event("shown", "u1", time=40, IMPRESSION="a|b", EVENT_VALUE=2.5))
    streamed = put_data.streamed(connection, "dataset", "u1", trained)
    assert [each.item_id for each in streamed] == ["early", "late", "shown"]
    assert (streamed[-1].impression, streamed[-1].event_value, streamed[-1].timestamp) == (("a", "b"), 2.5, 40)
    assert [each.item_id for each in put_data.streamed(connection, "dataset", "s", 0)] == ["anonymous"]
    assert [each.item_id for each in put_data.streamed(connection, "dataset", "u1", trained, limit=2)] == [
        "early",
        "shown",
    ]


def test_the_newest_record_of_each_id_counts(connection):
    put_data.add_records(connection, "dataset", [("u1", {"AGE": 1, "MEMBER": True}), ("u2", {"AGE": 2})])
    before = put_data.last_seq(connection, "dataset")
    put_data.add_records(connection, "dataset", [("u1", {"AGE": 3, "MEMBER": False})])
    newest = put_data.records(connection, "dataset", ALL, USERS).to_pylist()
    assert newest == [{"USER_ID": "u2", "AGE": 2, "MEMBER": None}, {"USER_ID": "u1", "AGE": 3, "MEMBER": False}]
    earlier = put_data.records(connection, "dataset", before, USERS).to_pylist()
    assert [(row["USER_ID"], row["AGE"]) for row in earlier] == [("u1", 1), ("u2", 2)]
    assert put_data.every_record(connection, "dataset", ALL, USERS)["AGE"].to_pylist() == [1, 2, 3]
    assert sorted(put_data.ids(connection, "dataset")) == ["u1", "u2"]


def test_an_import_replaces_older_records_until_the_next_full_one(connection):
    put_data.add_records(connection, "dataset", [("u1", {"AGE": 1}), ("u2", {"AGE": 2})])
    before = put_data.last_seq(connection, "dataset")
    put_data.add_records(connection, "dataset", [("u2", {"AGE": 3})])

    def ages():
        return put_data.records(connection, "dataset", ALL, USERS)["AGE"].to_pylist()

    put_data.replace_by_bulk(connection, "dataset", ["u1", "u2"], before, full=False)
    assert ages() == [3]
    put_data.replace_by_bulk(connection, "dataset", [], put_data.last_seq(connection, "dataset"), full=True)
    assert ages() == [1, 3]


def test_every_type_comes_back_as_it_went_in(connection):
    values = {"A_STRING": "é|\"'", "AN_INT": -(2**31), "A_LONG": 2**62, "A_FLOAT": 0.5, "A_DOUBLE": 1e-300}
    fields = [("USER_ID", "string"), *[(name, ["null", name.split("_")[-1].lower()]) for name in values]]
    schema = avro_schema.parse(schema_text("Users", fields))
    put_data.add_records(connection, "dataset", [("u1", json.loads(json.dumps(values))), ("u2", {})])
    first, second = put_data.records(connection, "dataset", ALL, schema).to_pylist()
    assert first == {"USER_ID": "u1"} | values
    assert second == {"USER_ID": "u2"} | dict.fromkeys(values)
