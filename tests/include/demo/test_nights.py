from itertools import pairwise

import pandas as pd
import pytest

from include.demo import nights
from include.demo.nights import Part, TooFewInteractionsError, split

DAY = nights.SECONDS_A_DAY


def days(*rows_of_each_day: int) -> pd.DataFrame:
    """Interactions of user u<row> with item i<row>, so many on each day from 1970-01-01 on."""
    stamps = [day * DAY + row % DAY for day, rows in enumerate(rows_of_each_day) for row in range(rows)]
    return pd.DataFrame(
        {
            "USER_ID": [f"u{row}" for row in range(len(stamps))],
            "ITEM_ID": [f"i{row % 7}" for row in range(len(stamps))],
            "TIMESTAMP": [str(stamp) for stamp in stamps],
        }
    )


def test_a_night_is_as_many_days_as_hold_a_thousand_interactions():
    # Counted back: 600 + 400 fill the last night, 999 + 1 the one before, the rest is history.
    parts = split({"interactions": days(1000, 5, 1, 999, 400, 600)})
    assert [(part.name, part.rows["interactions"]) for part in parts] == [
        ("history", 1005),
        ("night-1970-01-03", 1000),
        ("night-1970-01-05", 1000),
    ]


def test_every_row_is_in_exactly_one_part_and_unchanged():
    interactions = days(1500, 1200, 1300).sample(frac=1, random_state=1)
    users = pd.DataFrame({"USER_ID": [*interactions["USER_ID"].unique(), "never-seen"], "AGE": "30"})
    items = pd.DataFrame({"ITEM_ID": interactions["ITEM_ID"].unique(), "TITLE": "x"})
    tables = {"interactions": interactions, "items": items, "users": users}
    parts = split(tables)
    for kind, table in tables.items():
        together = pd.concat([part.tables[kind] for part in parts])
        pd.testing.assert_frame_equal(together.sort_index(), table.sort_index())
    for earlier, later in pairwise(parts):
        last, first = (part.tables["interactions"]["TIMESTAMP"].astype(int) for part in (earlier, later))
        assert last.max() < first.min()


def test_users_and_items_come_with_the_part_that_first_shows_them():
    interactions = days(1000, 1000, 1000)
    users = pd.DataFrame({"USER_ID": ["u0", "u1000", "u2000", "nobody"], "AGE": "30"})
    parts = split({"interactions": interactions, "users": users})
    assert [list(part.tables["users"]["USER_ID"]) for part in parts] == [["u0", "nobody"], ["u1000"], ["u2000"]]


def test_a_row_without_a_time_is_history_for_the_import_to_find():
    interactions = days(1000, 1000, 1000)
    interactions.loc[2500, "TIMESTAMP"] = "yesterday"
    interactions = pd.concat([interactions, days(0, 0, 1)], ignore_index=True)
    parts = split({"interactions": interactions})
    assert [part.rows["interactions"] for part in parts] == [1001, 1000, 1000]


def test_too_few_interactions_are_refused():
    with pytest.raises(TooFewInteractionsError, match="2999 interactions on 3 days do not fill"):
        split({"interactions": days(999, 1000, 1000)})


def test_only_tables_with_rows_are_written(tmp_path):
    part = Part("night", {"interactions": days(3), "items": pd.DataFrame({"ITEM_ID": [], "TITLE": []})})
    files = part.write(tmp_path)
    assert set(files) == {"interactions"}
    assert files["interactions"].read_text().splitlines() == [
        "USER_ID,ITEM_ID,TIMESTAMP",
        "u0,i0,0",
        "u1,i1,1",
        "u2,i2,2",
    ]
