from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench import scale
from tests.bench.scale import Measured

GOOD = Measured(
    events=25_000_000, users=160_000, items=59_000, import_=30, full=100, update=9.9, batch=29, peak_gb=3.9,
    p50_ms=5, p99_ms=19, requests_a_second=1_000, restart=3, ndcg_before=0.14, ndcg_update=0.199, ndcg_full=0.2,
)  # fmt: skip
SMALLER = replace(GOOD, events=5_000_000, import_=6, full=20)


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        ([GOOD], 0),
        ([SMALLER, GOOD], 0),  # 130 s / 26 s is 5 times
        ([replace(SMALLER, full=15), GOOD], 1),  # 130 s / 21 s is 6.2 times
        ([replace(GOOD, full=211)], 1),  # 241 s in all
        ([replace(GOOD, peak_gb=4.1)], 1),
        ([replace(GOOD, update=10.1)], 1),
        ([replace(GOOD, ndcg_update=0.197)], 1),
        ([replace(GOOD, batch=31)], 1),
        ([replace(GOOD, p99_ms=21)], 1),
    ],
)
def test_status_says_whether_the_bar_is_reached(
    rows: list[Measured], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert scale.verdict(rows) == status
    assert capsys.readouterr().out.count("MISS") == status


def test_a_small_shop_is_measured(tmp_path: Path) -> None:
    """Every step on a real service: a new 1% is learnt, and memory and latency are those of real processes."""
    row = scale.measured(100_000, tmp_path, requests=400)
    assert (row.events, row.users) == (100_000, 663)
    assert row.ndcg_update > row.ndcg_before > 0.05
    assert min(row.import_, row.full, row.update, row.batch, row.restart) > 0
    assert 0 < row.p50_ms <= row.p99_ms
    assert 0.1 < row.peak_gb < 4
