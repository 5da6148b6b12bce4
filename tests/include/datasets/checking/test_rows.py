"""A column at a time answers what cell by cell answers, and the rows are accounted for."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.datasets.checking import cells
from include.datasets.checking.problem import BadCellError
from include.datasets.checking.rows import Checked, check
from include.datasets.checking.rules import Rules
from include.datasets.checking.strings import MISSING
from include.datasets.reading.chunk import Chunk, Quarantined

NOW = 1_700_000_000
FIELDS = [
    {"name": "USER_ID", "type": "string"},
    {"name": "TIMESTAMP", "type": "long"},
    {"name": "CREATION_TIMESTAMP", "type": ["long", "null"]},
    {"name": "EVENT_TYPE", "type": ["null", "string"]},
    {"name": "IMPRESSION", "type": ["string", "null"]},
    {"name": "GENRES", "type": ["string", "null"], "categorical": True},
    {"name": "DESCRIPTION", "type": ["string", "null"], "textual": True},
    {"name": "AGE", "type": "int"},
    {"name": "RATING", "type": ["float", "null"]},
    {"name": "PRICE", "type": "double"},
    {"name": "ON_SALE", "type": ["boolean", "null"]},
]
COLUMNS = {"USER_ID": "customer", "AGE": "age"}
RULES = Rules.of("interactions", FIELDS, COLUMNS)

WORDS = st.sampled_from([*MISSING, "NULL", "None", "EVENT_TYPE", "customer", "USER_ID", "IMPRESSION", "AGE", "GENRES"])
TEXTS = st.text(st.sampled_from(list("aü0|n \t\n\r\x00\x7f\x85\xa0\u200b\u2028\ufeff\u3042,\"'\\")), max_size=6)
LONG = st.builds(
    lambda letter, count: letter * count,
    st.sampled_from(["a", "ü", "a|", "|", "\u3042"]),
    st.sampled_from([25, 26, 40, 41, 128, 256, 257, 999, 1000, 1001, 20_001]),
)
NUMBERS = st.one_of(
    st.integers().map(str),
    st.integers(-(2**65), 2**65).map(str),
    st.floats().map(str),
    st.decimals(allow_nan=False, places=3).map(str),
    st.text(st.sampled_from(list("0123456789.-+eExX_ ,٣")), max_size=6),
    st.sampled_from(["0", "-0", "1.0", "1.", ".5", "1e400", "1" * 400, "0x10", "1_0", "nan", "Infinity", "-1e39"]),
    st.sampled_from([2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**63 - 1, 2**63, 20231114, 19991232]).map(str),
)
TIMES = st.one_of(
    st.integers(NOW - 10, NOW + 90_000).map(str),
    st.sampled_from([NOW * 1000, NOW * 10**6, NOW * 10**9, NOW + 86_400, NOW + 86_401, 10**11, 10**25]).map(str),
    st.datetimes().map(lambda time: time.isoformat()),
)
BOOLEANS = st.sampled_from(["true", "False", "tRuE", "FALSE", "yes", "1", "0"])
CELLS = st.none() | st.just("") | TEXTS | WORDS | LONG | NUMBERS | TIMES | BOOLEANS


def _chunk(rows: list[tuple[str | None, ...]]) -> Chunk:
    columns = zip(*rows, strict=True) if rows else [()] * len(RULES.columns)
    texts = {column.source: pa.array(text, pa.string()) for column, text in zip(RULES.columns, columns, strict=True)}
    return Chunk(pa.table(texts), pa.array(range(2, 2 + len(rows)), pa.int64()), lambda position: repr(rows[position]))


def _row_by_row(rows: list[tuple[str | None, ...]]) -> tuple[list[tuple[object, ...]], list[Quarantined]]:
    good, bad = [], []
    for line, row in enumerate(rows, start=2):
        values: list[object] = []
        for column, cell in zip(RULES.columns, row, strict=True):
            try:
                values.append(cells.read(column, cell, NOW))
            except BadCellError as error:
                bad.append(Quarantined(line, column.name, f"{column.name} {error}", repr(row)))
                break
        else:
            good.append((line, *values))
    return good, bad


def _listed(checked: Checked) -> list[tuple[object, ...]]:
    columns = [checked.lines.to_pylist(), *(column.to_pylist() for column in checked.rows.columns)]
    return list(zip(*columns, strict=True))


SOUND = ("u1", "1690000000", None, "watch", "i1|i2", "Drama|Crime", "A text.", "33", "4.5", "9.99", "true")


@st.composite
def nearly_sound(draw: st.DrawFn) -> tuple[str | None, ...]:
    """A row with one cell that may be anything, so that the others do not hide what is made of it."""
    position = draw(st.integers(0, len(SOUND) - 1))
    return (*SOUND[:position], draw(CELLS), *SOUND[position + 1 :])


@settings(max_examples=150, deadline=None)
@given(st.lists(nearly_sound() | st.tuples(*[CELLS] * len(SOUND)), max_size=6))
def test_whole_columns_and_single_cells_answer_alike(rows: list[tuple[str | None, ...]]) -> None:
    checked = check(_chunk(rows), RULES, NOW)

    assert (_listed(checked), list(checked.quarantined)) == _row_by_row(rows)
    assert len(checked.rows) + len(checked.quarantined) == len(rows)


def test_the_table_has_the_schemas_columns_and_types() -> None:
    checked = check(_chunk([SOUND]), RULES, NOW)

    assert checked.rows.column_names == [field["name"] for field in FIELDS]
    assert [str(kind) for kind in checked.rows.schema.types] == [
        "string", "int64", "int64", "string", "string", "string", "string", "int64", "double", "double", "bool",
    ]  # fmt: skip
    assert _listed(checked) == [
        (2, "u1", 1690000000, None, "watch", "i1|i2", "Drama|Crime", "A text.", 33, 4.5, 9.99, True)
    ]


def test_sound_rows_need_no_second_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "read", None)

    assert len(check(_chunk([SOUND, SOUND]), RULES, NOW).rows) == 2


def test_a_nullable_column_may_be_missing() -> None:
    chunk = _chunk([SOUND])
    without = Chunk(chunk.cells.drop_columns(["GENRES", "RATING"]), chunk.lines, chunk.text)

    rows = check(without, RULES, NOW).rows

    assert (rows["GENRES"].to_pylist(), rows["RATING"].to_pylist()) == ([None], [None])


def test_rows_that_could_not_be_cut_into_cells_are_counted_and_stand_in_the_files_order() -> None:
    chunk = _chunk([SOUND, ("", *SOUND[1:]), SOUND])
    broken = Quarantined(1, "", "1 cells where the header has 11", "x\n")

    checked = check(Chunk(chunk.cells, chunk.lines, chunk.text, [broken]), RULES, NOW)

    assert (checked.rows_read, len(checked.rows)) == (4, 2)
    assert [(row.line, row.column) for row in checked.quarantined] == [(1, ""), (3, "USER_ID")]


def test_a_row_that_is_not_accounted_for_is_a_defect() -> None:
    checked = check(_chunk([SOUND]), RULES, NOW)

    with pytest.raises(ValueError, match="2 rows were read, 1 accounted for"):
        Checked(2, checked.rows, checked.lines, [])
