from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench import night
from tests.bench.night import Measured

GOOD = Measured(
    events=25_000_000, rows=24_999_966, seconds=15, cpu=17, peak_gb=0.9,
    pandas_seconds=82, pandas_cpu=79, pandas_peak_gb=5.4, times_faster=5.4,
)  # fmt: skip
SMALLER = replace(GOOD, events=5_000_000, seconds=2.8)


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        ([GOOD], 0),
        ([SMALLER, GOOD], 0),  # 5.36 times the seconds
        ([replace(SMALLER, seconds=2.7), GOOD], 1),  # 5.56 times
        ([replace(GOOD, times_faster=4.9)], 1),
        ([replace(GOOD, peak_gb=2.1)], 1),
    ],
)
def test_status_says_whether_the_bar_is_reached(
    rows: list[Measured], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert night.verdict(rows) == status
    assert capsys.readouterr().out.count("MISS") == status


def test_a_small_night_is_measured_both_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both count the same rows, or `measured` says that they disagree."""
    monkeypatch.setattr(night, "SEVERAL_UP_TO", 0)
    file = night.prepared(20_000, tmp_path)
    written = file.read_text().splitlines()
    assert len(written) == 1 + 20_000 + 4 + 4  # one in 5,000 repeated, and one followed by a malformed one

    row = night.measured(20_000, file)

    assert row.rows == len(set(written)) - 1 - 4
    assert min(row.seconds, row.pandas_seconds, row.peak_gb, row.pandas_peak_gb) > 0
