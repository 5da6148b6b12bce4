"""Examples of quarantined rows, from files as the checks write them."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import pytest

from include.datasets.report.examples import ROWS_LOOKED_AT, Example, first_of_each_column


@pytest.fixture
def quarantine(s3: Any, bucket: str) -> Any:
    """Writes rows of (source, line, column, reason, row) as a quarantine file and returns its URI."""

    def write(name: str, rows: Sequence[tuple[str, int, str, str, str]]) -> str:
        text = io.StringIO()
        csv.writer(text).writerows([("source", "line", "column", "reason", "row"), *rows])
        s3.put_object(Bucket=bucket, Key=name, Body=text.getvalue().encode())
        return f"s3://{bucket}/{name}"

    return write


def test_each_column_has_its_first_row(s3: Any, quarantine: Any) -> None:
    first = quarantine("part-00000.csv", [("a.csv", 2, "USER_ID", "empty", ",i1"), ("a.csv", 3, "USER_ID", "", ",i2")])
    second = quarantine("part-00001.csv", [("b.csv", 9, "USER_ID", "", ",i3"), ("b.csv", 11, "", "3 cells", "1,2,3")])

    assert first_of_each_column(s3, [first, second]) == (
        Example("a.csv", 2, "USER_ID", "empty", ",i1"),
        Example("b.csv", 11, "whole row", "3 cells", "1,2,3"),
    )


def test_a_row_may_have_any_size_and_any_character(s3: Any, quarantine: Any) -> None:
    """A cell of a megabyte, which csv would refuse; quotes, line breaks and NUL within, a line end behind."""
    long, odd = "x" * 1_000_000, 'u1,"a\nb",\0,é'
    uri = quarantine("part.csv", [("a.csv", 1, "TITLE", "too long", long), ("a.csv", 2, "ODD", "NUL", odd + "\r\n")])

    example, other = first_of_each_column(s3, [uri])

    assert example.row == "x" * 500
    assert other.row == odd


def test_a_large_quarantine_is_not_read_to_its_end(s3: Any, quarantine: Any) -> None:
    rows = [("a.csv", line, "USER_ID", "empty", "") for line in range(ROWS_LOOKED_AT)]
    uri = quarantine("part.csv", [*rows, ("a.csv", 5_000, "ITEM_ID", "empty", "")])

    assert [example.column for example in first_of_each_column(s3, [uri])] == ["USER_ID"]


def test_nothing_quarantined_is_no_example(s3: Any) -> None:
    assert first_of_each_column(s3, ()) == ()
