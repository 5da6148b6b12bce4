"""Counts, ages and rows in words."""

from datetime import timedelta

import pytest

from include.datasets.report.wording import count, listed, printable, span


@pytest.mark.parametrize(("number", "said"), [(0, "0 files"), (1, "1 file"), (2, "2 files"), (1_670, "1,670 files")])
def test_counts(number: int, said: str) -> None:
    assert count(number, "files") == said


@pytest.mark.parametrize(
    ("parts", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_lists(parts: list[str], said: str) -> None:
    assert listed(parts) == said


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (timedelta(seconds=20), "0 minutes"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(minutes=120), "2 hours"),
        (timedelta(hours=71), "71 hours"),
        (timedelta(hours=72), "3 days"),
        (timedelta(days=9_999), "9,999 days"),
    ],
)
def test_spans(time: timedelta, said: str) -> None:
    assert span(time) == said


@pytest.mark.parametrize(
    ("text", "shown"),
    [("né 東京", "né 東京"), ("a\tb\r\n", r"a\tb\r\n"), ("\x1b[31m", r"\x1b[31m"), ("\u2028\udc80", r"\u2028\udc80")],
)
def test_what_no_screen_shows_is_shown(text: str, shown: str) -> None:
    assert printable(text) == shown
