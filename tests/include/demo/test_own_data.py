import pandas as pd
import pytest

from include.demo import own_data
from include.demo.failure import DemoError

GOOD = "USER_ID,ITEM_ID,TIMESTAMP\nu1,i1,100\n"


def folder_with(tmp_path, **files):
    for name, content in files.items():
        (tmp_path / f"{name}.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    return tmp_path


def test_what_is_there_is_read_as_text(tmp_path):
    folder = folder_with(tmp_path, interactions="USER_ID,ITEM_ID,TIMESTAMP\n007,NA,100\n", users="USER_ID,AGE\n007,\n")
    tables = own_data.read(folder)
    assert set(tables) == {"interactions", "users"}
    assert tables["interactions"].iloc[0].to_list() == ["007", "NA", "100"]
    assert tables["users"].iloc[0].to_list() == ["007", ""]


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"items": "ITEM_ID,TITLE\n1,x\n"}, r"interactions\.csv is missing: put it there, with the columns USER_ID"),
        ({"interactions": ""}, r"interactions\.csv is empty: it needs a header line"),
        ({"interactions": "USER_ID,ITEM_ID,TIMESTAMP\n"}, r"interactions\.csv: no rows below the header: fill it"),
        ({"interactions": "user,ITEM_ID,TIMESTAMP\na,b,1\n"}, r"line 1: column USER_ID is missing among user, ITEM_ID"),
        (
            {"interactions": "USER_ID,ITEM_ID,TIMESTAMP,my col\na,b,1,2\n"},
            "column 'my col' is no name Personalize takes",
        ),
        ({"interactions": GOOD + "a,b,1,2,3\n"}, r"not a CSV file .*line 3.*: mend that line"),
        (
            {"interactions": b"USER_ID,ITEM_ID,TIMESTAMP\n\xff,b,1\n"},
            r"interactions\.csv is not UTF-8 .*save it as UTF-8",
        ),
        ({"interactions": GOOD, "items": "ITEM_ID\n1\n"}, r"items\.csv, line 1: only ITEM_ID: .* one more column"),
        (
            {"interactions": GOOD, "users": "ID,AGE\n1,2\n"},
            r"users\.csv, line 1: column USER_ID is missing among ID, AGE",
        ),
    ],
)
def test_each_problem_is_one_sentence_with_its_remedy(tmp_path, files, sentence):
    with pytest.raises(DemoError, match=sentence):
        own_data.read(folder_with(tmp_path, **files))


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(DemoError, match="is no folder: give one that holds"):
        own_data.read(tmp_path / "nowhere")


def test_all_problems_are_told_at_once(tmp_path):
    folder = folder_with(tmp_path, interactions="a,b\n1,2\n", items="ITEM_ID\n1\n")
    with pytest.raises(DemoError) as told:
        own_data.read(folder)
    assert len(str(told.value).splitlines()) == 4  # three missing columns, and items without metadata


def test_types_are_read_off_the_cells():
    table = pd.DataFrame(
        {
            "ITEM_ID": ["1", "2", "3", "4"],
            "PRICE": ["1.5", "2", "", "1e3"],
            "STOCK": ["1", "2", "3", "4"],
            "BRAND": ["x", "y", "x", "y"],
            "TITLE": ["a", "b", "c", ""],
            "CREATION_TIMESTAMP": ["1", "", "2", "3"],
        }
    )
    assert own_data.schema("items", table) == [
        {"name": "ITEM_ID", "type": "string"},
        {"name": "PRICE", "type": ["double", "null"]},
        {"name": "STOCK", "type": "long"},
        {"name": "BRAND", "type": "string", "categorical": True},
        {"name": "TITLE", "type": ["string", "null"]},
        {"name": "CREATION_TIMESTAMP", "type": ["long", "null"]},
    ]
