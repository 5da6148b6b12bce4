"""The fast lane of CSV answers what the slow lane answers, and both what Python's csv module does."""

import csv
import io
from collections.abc import Iterable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from include.datasets.reading import csv_fast, csv_file, csv_slow
from include.datasets.reading.chunk import Chunk, Quarantined, UnusableFileError

CELL = st.text(st.sampled_from(list('ab,"\n\r;ü\u2028\u0085 \x00')), max_size=5)
ROW = st.lists(CELL, min_size=1, max_size=4)


def _written(rows: list[list[str]], end: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue()


# Files as people write them, and files as they should never be.
TIDY = st.builds(_written, st.lists(ROW, max_size=8), st.sampled_from(["\n", "\r\n", "\r"]))
PLAIN = st.lists(st.sampled_from(["a,b,c\n", 'a,"b,""",c\n', '"a","b","c"\r\n', "a,b\n", "\n", '"a\nb",b,c\n'])).map(
    "".join
)
WILD = st.text(st.sampled_from(list('ab,,""\n\n\r\x00ü\u2028')), max_size=40)

Rows = tuple[list[tuple[int, tuple[str, ...], str]], list[Quarantined]]


def read(text: str, block_bytes: int, header: str = "A,B,C") -> Rows:
    file = io.BytesIO(f"{header}\n{text}".encode())
    return _rows(csv_file.read("s3://b/k.csv", file, block_bytes))


def read_slowly(text: str, header: str) -> Rows:
    names = header.split(",")
    rows = csv_slow.Rows("s3://b/k.csv", text.encode(), iter([]), 2, len(names))
    return _rows(csv_slow.chunks(rows, names))


def _rows(chunks: Iterable[Chunk]) -> Rows:
    good, broken = [], []
    for chunk in chunks:
        cells = zip(*(column.to_pylist() for column in chunk.cells.columns), strict=True)
        good += [
            (line, row, chunk.text(position))
            for position, (line, row) in enumerate(zip(chunk.lines.to_pylist(), cells, strict=True))
        ]
        broken += chunk.broken
    return good, broken


@settings(max_examples=250, deadline=None)
@given(text=TIDY | PLAIN | WILD, block_bytes=st.integers(1, 50), header=st.sampled_from(["A", "A,B", "A,B,C"]))
@example(text='a,"b,c\n', block_bytes=100, header="A,B,C")
@example(text='a,"b,c\nd,e",f\n', block_bytes=7, header="A,B,C")
@example(text='"a,"b,c,d\n', block_bytes=100, header="A,B,C")
@example(text="a,b,c\n\na,b,c\n", block_bytes=100, header="A,B,C")
@example(text="a,b,c\rd,e,f\r", block_bytes=3, header="A,B,C")
@example(text='a\n\n""\nb\n', block_bytes=100, header="A")
def test_the_fast_lane_and_any_cut_into_blocks_change_nothing(text: str, block_bytes: int, header: str) -> None:
    assert read(text, block_bytes, header) == read_slowly(text, header) == read(text, 1 << 20, header)


@settings(max_examples=80, deadline=None)
@given(rows=st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=8), end=st.sampled_from(["\n", "\r\n", "\r"]))
def test_rows_that_are_written_as_csv_come_back_with_their_texts(rows: list[list[str]], end: str) -> None:
    text = _written(rows, end)

    good, broken = read(text, 20)

    assert ([list(cells) for _, cells, _ in good], broken) == (rows, [])
    assert "".join(row for _, _, row in good) == text


@settings(max_examples=80, deadline=None)
@given(text=WILD, block_bytes=st.integers(1, 50))
def test_no_character_of_a_row_is_lost(text: str, block_bytes: int) -> None:
    good, broken = read(text, block_bytes)

    rows = sorted([(line, row) for line, _, row in good] + [(row.line, row.text) for row in broken])
    blank = str.maketrans("", "", "\r\n")
    assert "".join(row for _, row in rows).translate(blank) == text.translate(blank)


def test_lines_are_counted_whatever_ends_them() -> None:
    good, broken = read('a,b,c\r\n\r\n"a\nb",b,c\rd,e\nf,g,h', 4)

    assert [line for line, _, _ in good] == [2, 4, 7]
    assert broken == [Quarantined(6, "", "2 cells where the header has 3", "d,e\n")]


def test_an_open_quote_costs_its_own_line_and_no_other() -> None:
    good, broken = read('a,"b,c\n' + "d,e,f\n" * 100, 64)

    assert broken == [Quarantined(2, "", "a quote is opened and not closed", 'a,"b,c\n')]
    assert [line for line, _, _ in good] == list(range(3, 103))


def test_a_quote_that_is_open_for_too_long_costs_its_own_line_and_no_other() -> None:
    rows = 30_000  # 180,000 characters; a cell may have 131,072
    good, broken = read('a,"b,c\n' + "d,e,f\n" * rows, 1 << 16)

    assert [(row.line, row.text) for row in broken] == [(2, 'a,"b,c\n')]
    assert "131,072 characters" in broken[0].reason
    assert len(good) == rows


def test_not_utf_8_is_refused_with_the_line() -> None:
    with pytest.raises(UnusableFileError, match=r"s3://b/k\.csv, near line 4: not UTF-8"):
        list(csv_file.read("s3://b/k.csv", io.BytesIO(b"A,B\na,b\na,b\n\xfc,b\n"), 5))


def test_tidy_blocks_take_the_fast_lane() -> None:
    for block in (b"a,b,c\n", b'"a","b, ""c""",""\r\n"d",e,f', "ü,\u2028,\x00\n".encode()):
        assert csv_fast.parse(block, ["A", "B", "C"]) is not None
