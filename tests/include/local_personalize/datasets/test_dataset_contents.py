"""Bulk data and put data read together, from real parquet parts and a real SQLite file."""

import json
from contextlib import closing

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from include.local_personalize.datasets import avro_schema, dataset_contents, put_data
from include.local_personalize.datasets.dataset_contents import Contents
from include.local_personalize.state.store import Store, read_only
from tests.include.local_personalize.shop import checkerboard, schema_text

INTERACTIONS = avro_schema.parse(schema_text("Interactions"))
ITEMS = avro_schema.parse(schema_text("Items"))


@pytest.fixture
def store(tmp_path):
    with closing(Store(tmp_path / "state.sqlite")) as store:
        yield store


def part(tmp_path, *rows):
    file = tmp_path / "part.parquet"
    pq.write_table(pa.Table.from_pylist(list(rows)), file)
    return (file,)


def table(tmp_path, store, schema, parts):
    with store.reading() as connection:
        seq = put_data.last_seq(connection, "dataset")
    connection = read_only(tmp_path / "state.sqlite")
    found = dataset_contents.table(connection, Contents("dataset", schema, parts, seq))
    connection.close()
    return found


def item(item_id, genres):
    return {"ITEM_ID": item_id, "GENRES": genres, "CREATION_TIMESTAMP": 1}


def put_items(store, *items):
    with store.writing() as connection:
        put_data.add_records(connection, "dataset", [(each["ITEM_ID"], each) for each in items])


def test_a_put_item_takes_the_place_of_the_bulk_item(tmp_path, store):
    parts = part(tmp_path, item("i1", "old"), item("i2", "old"))
    put_items(store, item("i2", "newer"), item("i2", "newest"), item("i3", "newest"))
    rows = table(tmp_path, store, ITEMS, parts).to_pylist()
    assert rows == [item("i1", "old"), item("i2", "newest"), item("i3", "newest")]


def test_events_are_added_in_the_types_of_the_bulk_data(tmp_path, store):
    bulk = {"USER_ID": "u1", "ITEM_ID": "i1", "EVENT_TYPE": "watch", "TIMESTAMP": 1}
    coded = pa.Table.from_pylist([bulk])
    coded = coded.set_column(0, "USER_ID", coded["USER_ID"].dictionary_encode())
    pq.write_table(coded, tmp_path / "coded.parquet")
    record = {"ITEM_ID": "i2", "EVENT_TYPE": "watch", "TIMESTAMP": 2}
    with store.writing() as connection:
        put_data.add_events(connection, "dataset", 0.0, [put_data.Event("s1", "u2", None, None, record)])
    found = table(tmp_path, store, INTERACTIONS, (tmp_path / "coded.parquet",))
    assert found["USER_ID"].type == coded["USER_ID"].type
    assert found.to_pylist() == [bulk, {"USER_ID": "u2"} | record]


def test_a_dataset_without_put_data_or_without_bulk_data(tmp_path, store):
    assert table(tmp_path, store, ITEMS, ()) is None
    assert table(tmp_path, store, ITEMS, part(tmp_path, item("i1", "a"))).to_pylist() == [item("i1", "a")]
    put_items(store, item("i2", "b"))
    assert table(tmp_path, store, ITEMS, ()).to_pylist() == [item("i2", "b")]


def test_columns_that_the_schema_got_later_are_null_in_older_data(tmp_path, store):
    wider = avro_schema.parse(
        schema_text("Items", [*[(c.name, c.type) for c in ITEMS.columns], ("PRICE", ["null", "float"])])
    )
    parts = part(tmp_path, item("i1", "a"))
    put_items(store, item("i2", "b") | {"PRICE": 2.5})
    rows = table(tmp_path, store, wider, parts).to_pylist()
    assert rows == [item("i1", "a") | {"PRICE": None}, item("i2", "b") | {"PRICE": 2.5}]


def test_a_group_trains_on_events_alone_and_counts_them_to_its_minimum(shop):
    group = shop.group()
    shop.dataset(group, "Interactions")
    tracker = shop.api.create_event_tracker(name=shop.name("tracker"), datasetGroupArn=group)["trackingId"]
    rows = [line.split(",") for line in checkerboard()[1:]]
    users = {}
    for user, item_id, event_type, time in rows:
        users.setdefault(user, []).append({"itemId": item_id, "eventType": event_type, "sentAt": int(time)})
    solution = shop.solution(group)

    def put(chosen):
        for user in chosen:
            for at in range(0, len(users[user]), 10):
                request = {"trackingId": tracker, "sessionId": f"session of {user}", "userId": user}
                shop.events.put_events(eventList=users[user][at : at + 10], **request)

    put(list(users)[:49])  # 980 events
    assert shop.settled("solution_version", shop.start_version(solution))["status"] == "CREATE FAILED"
    put(list(users)[49:])
    version = shop.version(solution)
    campaign = shop.campaign(version)
    items = shop.runtime.get_recommendations(campaignArn=campaign, userId="u0", numResults=5)["itemList"]
    assert {int(each["itemId"][1:]) % 2 for each in items} == {0}


def test_imports_and_put_items_replace_one_another_by_time(shop):
    dataset, header = shop.dataset(shop.group(), "Items"), "ITEM_ID,GENRES,CREATION_TIMESTAMP"

    def put(item_id, genres):
        properties = json.dumps({"genres": genres, "creationTimestamp": 1})
        shop.events.put_items(datasetArn=dataset, items=[{"itemId": item_id, "properties": properties}])

    def genres():
        file = shop.server.data / "state.sqlite"
        connection = read_only(file)
        parts = connection.execute("SELECT file FROM parts WHERE dataset_arn = ?", (dataset,)).fetchall()
        parts = tuple(shop.server.data / "datasets" / row["file"] for row in parts)
        contents = Contents(dataset, ITEMS, parts, put_data.last_seq(connection, dataset))
        rows = dataset_contents.table(connection, contents).to_pylist()
        connection.close()
        return {row["ITEM_ID"]: row["GENRES"] for row in rows}

    shop.import_lines(dataset, [header, "i1,import 1,1", "i2,import 1,1"])
    put("i2", "put 2")
    put("i3", "put 2")
    assert genres() == {"i1": "import 1", "i2": "put 2", "i3": "put 2"}
    shop.import_lines(dataset, [header, "i1,import 3,1", "i3,import 3,1"], "INCREMENTAL")
    assert genres() == {"i1": "import 3", "i2": "put 2", "i3": "import 3"}
    shop.import_lines(dataset, [header, "i2,import 4,1"])
    assert genres() == {"i2": "import 4", "i3": "put 2"}
