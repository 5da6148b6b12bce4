"""The bars, on rows whose shares are known, and the file that keeps them."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench.gate import plot, results, summary
from tests.bench.gate.results import Row

SOUND = Row(
    shop="shop", what="healthy", kind="healthy", size=0, chain=0, night=9, week=None, loss=0.0, below=0.0, gate=False,
    metrics=False, data=False, naive=True, backtest=False, backtest_naive=False, smallest_drop=0.08, stated=0.02,
)  # fmt: skip
BAD = replace(SOUND, what="sabotaged", kind="stale data", size=8, loss=0.2, gate=True, data=True, backtest=True)
DECLINE = [replace(BAD, what="decline", loss=0.03 * week, week=week - 1, gate=week > 2) for week in (1, 2, 3, 4)]
LESS = replace(SOUND, shop="movielens", what="curve", loss=0.3, below=0.3, stated=0.45)
CURVE = [replace(LESS, metrics=number < 5, gate=number < 5) for number in range(10)]
ROWS = [*[SOUND] * 196, *[replace(SOUND, gate=True)] * 4, *[BAD] * 190, *[replace(BAD, gate=False)] * 10, *DECLINE,
        *[replace(SOUND, shop="movielens")] * 200, *CURVE * 20]  # fmt: skip


def test_every_bar_is_reached_just_so() -> None:
    assert [(bar.measured, bar.reached) for bar in summary.bars(ROWS)] == [
        ("2.0% of 200", True),
        ("200 and 200", True),
        ("95.0% of 200", True),
        ("0.0% of 200", True),
        ("100.0% of 200", True),
        ("1 of 1", True),
        ("0.0% of 200", True),
        ("200 and 200", True),
        ("5", True),  # half of them against 45 %
    ]


@pytest.mark.parametrize(
    ("more", "missed"),
    [
        (replace(SOUND, gate=True), "healthy versions blocked"),
        (replace(BAD, gate=False), "true losses of 10 %"),
        (replace(BAD, loss=0.06, backtest=False), ""),  # 200 of 201
        (replace(DECLINE[-1], chain=1, gate=False), "declines"),
    ],
)
def test_a_bar_is_missed_by_one(more: Row, missed: str) -> None:
    told = [bar.said for bar in summary.bars([*ROWS, more]) if not bar.reached]

    assert all(missed in said for said in told)
    assert len(told) == bool(missed)


def test_too_few_versions_and_a_power_that_was_not_stated_are_told() -> None:
    rows = [*ROWS[1:], *[replace(LESS, metrics=True)] * 40]  # 140 of 240 against 45 %, one healthy version less

    missed = [bar.measured for bar in summary.bars(rows) if not bar.reached]

    assert missed == ["2.0% of 199", "199 and 200", "13"]  # 4 of 199 are more than 2 %


def test_a_decline_is_caught_in_its_first_blocked_week() -> None:
    assert summary.declines([*DECLINE, *(replace(row, chain=1, gate=False) for row in DECLINE)]) == {0: 3, 1: None}


def test_rows_are_kept_printed_and_drawn(tmp_path: Path) -> None:
    results.write(ROWS, tmp_path / "gate.json")
    plot.draw(ROWS, tmp_path / "gate.svg")

    assert results.read(tmp_path / "gate.json") == ROWS
    text = summary.as_text(ROWS)
    assert "blocked in week: 3" in text
    assert "MISSED" not in text
    assert "challenger &gt;= champion" in (tmp_path / "gate.svg").read_text()
