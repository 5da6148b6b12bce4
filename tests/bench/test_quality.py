import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench import quality
from tests.include.local_personalize.engine.shops import checkerboard

ROOT = Path(__file__).parents[2]


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.bench.quality", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def means(personalization: float, popularity: float, als: float) -> dict[str, quality.Metrics]:
    rows = {
        "aws-user-personalization": personalization,
        "popularity, new items only": popularity,
        "implicit ALS 64": als,
    }
    return {name: {quality.NDCG: value} for name, value in rows.items()}


@pytest.mark.parametrize(
    ("measured", "seconds", "status"),
    [
        (means(0.23, 0.10, 0.19), 9.9, 0),
        (means(0.21, 0.10, 0.17), 9.9, 1),  # 2.1 x popularity
        (means(0.23, 0.10, 0.20), 9.9, 1),  # 1.15 x ALS
        (means(0.23, 0.10, 0.19), 10.1, 1),
    ],
)
def test_status_says_whether_the_bar_is_reached(
    measured: dict[str, quality.Metrics], seconds: float, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert quality.verdict(measured, seconds) == status
    assert ("BELOW" in capsys.readouterr().out) == bool(status)


def test_own_data_is_measured(tmp_path: Path) -> None:
    checkerboard()[0].interactions.to_pandas().to_csv(tmp_path / "interactions.csv", index=False)
    done = bench("--data", str(tmp_path), "--splits", "1")
    assert "1,080 interactions, 60 users, 40 items; mean over 1 splits" in done.stdout
    assert {"aws-popularity-count", "popularity,", "implicit", "aws-user-personalization"} <= {
        line.split()[0] for line in done.stdout.splitlines() if line
    }
    assert not done.stderr


def test_movielens_reaches_the_bar() -> None:
    """Its quality only: how fast a busy machine trains proves nothing."""
    done = bench("--splits", "2")
    over_popularity, over_als = (float(ratio) for ratio in re.findall(r"([\d.]+) x ", done.stdout))
    assert over_popularity >= quality.LEAST_OVER_POPULARITY
    assert over_als >= quality.LEAST_OVER_ALS
