"""Every malformed input ends in the outcome that stands beside it, and every row is accounted for."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from include.datasets.checking.rows import Checked
from include.datasets.checking.rules import Rules
from include.datasets.checking.source import check_chunks
from include.datasets.reading.chunk import UnusableFileError
from include.datasets.reading.source import format_of, read
from tests.include.datasets import malformed
from tests.include.datasets.malformed import GOOD, Kept, Outcome, Quarantined, Refused

RULES = Rules.of("interactions", malformed.FIELDS, {})


def named(cases: list[Any]) -> list[Any]:
    """Every case by its name, which no other may have."""
    assert len({name for name, *_ in cases}) == len(cases)
    return [pytest.param(*case, id=name) for name, *case in cases]


def check(name: str, data: bytes, folder: Path) -> list[Checked]:
    path = folder / name
    path.write_bytes(data)
    chunks = read(f"s3://shop/{name}", path, format_of(name), RULES.types)
    checked = list(check_chunks(f"s3://shop/{name}", chunks, RULES, malformed.NOW))
    for chunk in checked:
        assert chunk.rows_read == len(chunk.rows) + len(chunk.quarantined)
    return checked


def as_csv(column: str, cell: str) -> bytes:
    text = io.StringIO(newline="")
    names = list(dict.fromkeys([*GOOD, column]))
    writer = csv.DictWriter(text, names, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows([GOOD, GOOD, {**GOOD, column: cell}, GOOD, GOOD])
    return text.getvalue().encode()


def as_json_lines(column: str, cell: str) -> bytes:
    rows = [GOOD, GOOD, {**GOOD, column: cell}, GOOD, GOOD]
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def as_parquet(column: str, cell: str) -> bytes:
    return parquet({column: pa.array([GOOD.get(column)] * 2 + [cell] + [GOOD.get(column)] * 2, pa.string())})


def parquet(columns: dict[str, pa.Array]) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table({name: pa.array([value] * 5) for name, value in GOOD.items()} | columns), file)
    return file.getvalue()


def values(checked: list[Checked], column: str) -> list[Any]:
    return [value for chunk in checked for value in chunk.rows[column].to_pylist()]


def assert_third_of_five(checked: list[Checked], column: str, outcome: Outcome) -> None:
    """The third row has the outcome; the two before it and the two after it are good."""
    quarantined = [row for chunk in checked for row in chunk.quarantined]
    assert sum(chunk.rows_read for chunk in checked) == 5
    if isinstance(outcome, Kept):
        assert quarantined == []
        assert values(checked, column)[2] == outcome.value
        return
    assert isinstance(outcome, Quarantined)
    assert [row.column for row in quarantined] == [outcome.column]
    assert outcome.reason in quarantined[0].reason
    assert quarantined[0].text
    assert len(values(checked, column)) == 4


@pytest.mark.parametrize(("suffix", "write"), [("csv", as_csv), ("jsonl", as_json_lines), ("parquet", as_parquet)])
@pytest.mark.parametrize(
    ("column", "cell", "outcome"), [pytest.param(*case, id=name) for name, *case in malformed.CELLS]
)
def test_cells(column: str, cell: str, outcome: Outcome, suffix: str, write: Any, tmp_path: Path) -> None:
    if isinstance(outcome, Quarantined):
        outcome = Quarantined(outcome.reason, column)

    assert_third_of_five(check(f"a.{suffix}", write(column, cell), tmp_path), column, outcome)


@pytest.mark.parametrize(("line", "outcome"), named(malformed.CSV_ROWS))
def test_csv_rows(line: str, outcome: Outcome, tmp_path: Path) -> None:
    good = ",".join(GOOD.values())
    text = "\n".join([",".join(GOOD), good, good, line, good, good, ""])

    assert_the_third_of_five_rows(check("a.csv", text.encode(), tmp_path), line, outcome)


@pytest.mark.parametrize(("line", "outcome"), named(malformed.JSON_ROWS))
def test_json_rows(line: str, outcome: Outcome, tmp_path: Path) -> None:
    good = json.dumps(GOOD)
    text = "\n".join([good, good, line, good, good, ""])

    assert_the_third_of_five_rows(check("a.jsonl", text.encode(), tmp_path), line, outcome)


def assert_the_third_of_five_rows(checked: list[Checked], line: str, outcome: Outcome) -> None:
    if isinstance(outcome, Kept):
        assert len(values(checked, "USER_ID")) == 5
        return
    assert_third_of_five(checked, "USER_ID", outcome)
    assert [row.text for chunk in checked for row in chunk.quarantined] == [line + "\n"]  # as it came


@pytest.mark.parametrize(("column", "array", "outcome"), named(malformed.PARQUET_COLUMNS))
def test_parquet_columns(column: str, array: pa.Array, outcome: Outcome, tmp_path: Path) -> None:
    data = parquet({column: array})
    if isinstance(outcome, Refused):
        with pytest.raises(UnusableFileError) as error:
            check("a.parquet", data, tmp_path)
        assert outcome.message in str(error.value)
        return
    if isinstance(outcome, Quarantined):
        outcome = Quarantined(outcome.reason, column)
    checked = check("a.parquet", data, tmp_path)
    if column in checked[0].rows.column_names:
        assert_third_of_five(checked, column, outcome)
    else:
        assert len(values(checked, "USER_ID")) == 5


@pytest.mark.parametrize(("name", "data", "outcome"), named(malformed.FILES))
def test_files(name: str, data: bytes, outcome: int | Refused, tmp_path: Path) -> None:
    if isinstance(outcome, Refused):
        with pytest.raises(UnusableFileError) as error:
            check(name, data, tmp_path)
        assert str(error.value).startswith(f"s3://shop/{name}")
        assert outcome.message in str(error.value)
    else:
        checked = check(name, data, tmp_path)
        assert (values(checked, "USER_ID"), [chunk.quarantined for chunk in checked if chunk.quarantined]) == (
            ["u1"] * outcome,
            [],
        )
