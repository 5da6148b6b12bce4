"""Rows of a CSV, one malformation a line: what is kept, what is set aside and why."""

import pytest

from include.datasets.check import SetAside, UnusableFileError, rows

FIELDS = [
    {"name": "USER_ID", "type": "string"},
    {"name": "ITEM_ID", "type": "string"},
    {"name": "TIMESTAMP", "type": "long"},
    {"name": "EVENT_TYPE", "type": ["string", "null"]},
    {"name": "EVENT_VALUE", "type": ["float", "null"]},
]
HEADER = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,EVENT_VALUE\n"


def check(text: str) -> list:
    return list(rows("s3://shop/interactions.csv", text.splitlines(keepends=True), FIELDS))


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("u,i,1700000000,watch,4.5", ["u", "i", "1700000000", "watch", "4.5"]),
        ("u,i,1700000000,,", ["u", "i", "1700000000", "", ""]),
        ('"u,1",i,0,watch,1e3', ["u,1", "i", "0", "watch", "1e3"]),
        ('u,"say ""hi""",1,watch,1', ["u", 'say "hi"', "1", "watch", "1"]),
        ("ü\u2028,i,1,watch,1", ["ü\u2028", "i", "1", "watch", "1"]),
        (f"{'u' * 256},i,1,watch,1", ["u" * 256, "i", "1", "watch", "1"]),
    ],
)
def test_good_rows_are_kept_as_they_are(line: str, kept: list[str]) -> None:
    assert list(rows("s3://b/k", [HEADER, line + "\n"], FIELDS)) == [kept]


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        (",i,1,watch,1", "USER_ID", "USER_ID is empty"),
        ("u,,1,watch,1", "ITEM_ID", "ITEM_ID is empty"),
        ("u,i,,watch,1", "TIMESTAMP", "TIMESTAMP is empty"),
        ("u,i,1700000000000,watch,1", "TIMESTAMP", "milliseconds"),
        ("u,i,2026-11-22T03:00:00Z,watch,1", "TIMESTAMP", "not epoch seconds"),
        ("u,i,1.5,watch,1", "TIMESTAMP", "not epoch seconds"),
        ("u,i,-1,watch,1", "TIMESTAMP", "before 1970"),
        ("u,i,1,watch,much", "EVENT_VALUE", "not a number"),
        ("u,i,1,watch,NaN", "EVENT_VALUE", "not a finite number"),
        ("u,i,1,watch,inf", "EVENT_VALUE", "not a finite number"),
        (f"{'u' * 257},i,1,watch,1", "USER_ID", "257 characters; Personalize allows 256"),
        (f"u,i,1,{'w' * 1001},1", "EVENT_TYPE", "1001 characters; Personalize allows 1000"),
        ("u,i,1,watch", "", "4 cells where the header has 5"),
        ("u,i,1,watch,1,more", "", "6 cells where the header has 5"),
        ("u;i;1;watch;1", "", "1 cells where the header has 5"),
    ],
)
def test_bad_rows_are_set_aside_with_line_reason_and_text(line: str, column: str, reason: str) -> None:
    good = "u,i,1,watch,1\n"

    found = check(HEADER + good + line + "\n" + good)

    assert len(found) == 3  # rows in = rows kept + rows set aside
    assert isinstance(found[1], SetAside)
    assert (found[1].line, found[1].column, found[1].text) == (3, column, line + "\n")
    assert reason in found[1].reason


def test_a_row_over_two_lines_is_one_row_and_later_lines_keep_their_numbers() -> None:
    found = check(HEADER + '"u\nv",i,1,watch,1\n,i,1,watch,1\n')

    assert found[0] == ["u\nv", "i", "1", "watch", "1"]
    assert found[1].line == 4


def test_empty_lines_are_no_rows() -> None:
    assert len(check(HEADER + "\nu,i,1,watch,1\n\n")) == 1


def test_columns_come_in_the_schemas_order_and_others_are_left_out() -> None:
    found = check("TIMESTAMP,EXTRA,ITEM_ID,USER_ID\n7,x,i,u\n")

    assert found == [["u", "i", "7", "", ""]]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the file is empty"),
        ("USER_ID,ITEM_ID\nu,i\n", "column TIMESTAMP is missing; found USER_ID, ITEM_ID"),
        ("USER_ID,USER_ID,ITEM_ID,TIMESTAMP\n", "column USER_ID stands twice"),
        ("user_id,item_id,timestamp\n", "column USER_ID, ITEM_ID, TIMESTAMP is missing"),
    ],
)
def test_a_file_that_is_not_the_dataset_is_refused_whole(text: str, says: str) -> None:
    with pytest.raises(UnusableFileError, match=says) as error:
        check(text)
    assert str(error.value).startswith("s3://shop/interactions.csv, line 1: ")
