"""Imports from a real S3 server: what FULL and INCREMENTAL leave in the dataset, and why an import fails."""

import pyarrow.parquet as pq
import pytest

from tests.include.local_personalize.shop import checkerboard


@pytest.fixture(scope="module")
def group(shop):
    return shop.group()


def records(shop, dataset):
    """What the service keeps of a dataset: the rows of all parquet parts that hold this test's own ids."""
    parts = sorted((shop.server.data / "datasets").glob("*.parquet"), key=lambda part: part.stat().st_mtime)
    rows = [row for part in parts for row in pq.read_table(part).to_pylist()]
    return [row for row in rows if any(str(value).startswith(dataset) for value in row.values())]


def test_full_replaces_items_and_incremental_replaces_by_id(shop):
    dataset, mark = shop.dataset(shop.group(), "Items"), shop.name("mark")
    header = "ITEM_ID,GENRES,CREATION_TIMESTAMP"
    assert shop.import_lines(dataset, [header, f"{mark}a,old,1", f"{mark}b,old,1"])["status"] == "ACTIVE"
    job = shop.import_lines(dataset, [header, f"{mark}b,new,2", f"{mark}c,new,2"], "INCREMENTAL")
    assert (job["status"], job["importMode"]) == ("ACTIVE", "INCREMENTAL")
    assert {row["ITEM_ID"]: row["GENRES"] for row in records(shop, mark)} == {
        f"{mark}a": "old",
        f"{mark}b": "new",
        f"{mark}c": "new",
    }
    assert len(records(shop, mark)) == 3
    assert shop.import_lines(dataset, [header, f"{mark}z,last,3"])["status"] == "ACTIVE"
    assert [row["ITEM_ID"] for row in records(shop, mark)] == [f"{mark}z"]


def test_incremental_interactions_append_and_repeated_ones_collapse(shop):
    dataset, mark = shop.dataset(shop.group(), "Interactions"), shop.name("mark")
    first = [line.replace("watch", mark) for line in checkerboard(users=50)]
    later = [line.replace("watch", mark) for line in checkerboard(users=50, start=1_700_000_000)]
    assert shop.import_lines(dataset, first)["status"] == "ACTIVE"
    assert shop.import_lines(dataset, later + first[1:201] + later[1:3], "INCREMENTAL")["status"] == "ACTIVE"
    assert len(records(shop, mark)) == 2_000
    assert shop.import_lines(dataset, later)["status"] == "ACTIVE"
    assert len(records(shop, mark)) == 1_000


def test_the_first_import_is_full(shop, put):
    location = put(f"{shop.name('imports')}/users.csv", ["USER_ID,AGE", "u1,30"])
    dataset = shop.dataset(shop.group(), "Users")
    with pytest.raises(shop.api.exceptions.InvalidInputException):
        shop.start_import(dataset, location, "INCREMENTAL")


def test_a_folder_is_read_to_its_first_level(shop, put):
    folder, mark = shop.name("folder"), shop.name("mark")
    put(f"{folder}/1.csv", ["USER_ID,AGE", f"{mark}1,30"])
    put(f"{folder}/2.csv", ["AGE,USER_ID", f"31,{mark}2"])
    put(f"{folder}/deeper/3.csv", ["USER_ID,AGE", f"{mark}3,32"])
    job = shop.start_import(shop.dataset(shop.group(), "Users"), f"s3://shop/{folder}/")
    assert shop.settled("dataset_import_job", job)["status"] == "ACTIVE"
    assert {row["USER_ID"]: row["AGE"] for row in records(shop, mark)} == {f"{mark}1": 30, f"{mark}2": 31}


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["USER_ID,TIMESTAMP", "u,1"], "Input CSV is missing the following columns:[ITEM_ID, EVENT_TYPE]."),
        (["USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP,PRICE", "u,i,e,1,2"], "columns that the schema has not:[PRICE]"),
        (["USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP", f"{'u' * 257},i,e,1"], "more than 256 characters for USER_ID"),
        (["USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP", f"u,i,{'e' * 1001},1"], "more than 1000 characters for EVENT_TYPE"),
        (["USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP", "u,i,e,yesterday"], "yesterday"),
        (["USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP", "u,,e,1"], "ITEM_ID is empty"),
        (["USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP", "u,i,e"], "Expected 4 columns, got 3"),
        (
            ["USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP", "u,i,e,1"],
            "The data has 1 interactions; an import needs at least 1000",
        ),
        ([""], "missing the following columns:[USER_ID"),
        (["USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP"], "Input CSV has no records."),
    ],
)
def test_an_import_that_does_not_fit_fails_with_the_reason(shop, group_with_data, lines, reason):
    job = shop.import_lines(group_with_data, lines)
    assert job["status"] == "CREATE FAILED"
    assert reason in job["failureReason"]


@pytest.fixture(scope="module")
def group_with_data(shop, group):
    return shop.dataset(group, "Interactions")


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("s3://shop/none.csv", "Invalid Data location."),
        ("s3://no-such-bucket/x.csv", "Invalid Data location."),
        ("s3://shop/empty-folder/", "Invalid Data location."),
    ],
)
def test_a_location_without_data_fails_with_the_reason(shop, group_with_data, location, reason):
    job = shop.settled("dataset_import_job", shop.start_import(group_with_data, location))
    assert job["status"] == "CREATE FAILED"
    assert reason in job["failureReason"]


def test_a_failed_import_leaves_the_data_as_it_was(shop):
    dataset, mark = shop.dataset(shop.group(), "Users"), shop.name("mark")
    assert shop.import_lines(dataset, ["USER_ID,AGE", f"{mark},30"])["status"] == "ACTIVE"
    assert shop.import_lines(dataset, ["USER_ID,AGE", f"{mark},31", f"{mark}2,old"])["status"] == "CREATE FAILED"
    assert [row["AGE"] for row in records(shop, mark)] == [30]


def test_quotes_and_null_are_read(shop):
    fields = [("ITEM_ID", "string"), ("TITLE", ["null", "string"]), ("PRICE", ["null", "float"])]
    dataset, mark = shop.dataset(shop.group(), "Items", fields), shop.name("mark")
    lines = [
        "ITEM_ID,TITLE,PRICE",
        f'{mark}1,"Alien, ""Director\'s"" cut",9.5',
        f'{mark}2,"say \\"hi\\"",',
        f"{mark}3,,1",
    ]
    assert shop.import_lines(dataset, lines)["status"] == "ACTIVE"
    assert [(row["TITLE"], row["PRICE"]) for row in records(shop, mark)] == [
        ('Alien, "Director\'s" cut', 9.5),
        ('say "hi"', None),
        (None, 1.0),
    ]
