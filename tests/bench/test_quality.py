import re
import subprocess
import sys
from pathlib import Path

import pytest

from include.local_personalize.engine.histories import encode
from tests.bench import quality
from tests.bench.rivals import RIVALS
from tests.include.local_personalize.engine.shops import checkerboard, interactions

ROOT = Path(__file__).parents[2]


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.bench.quality", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def rows(personalization: float, mrr: float = 0.3, **rivals: float) -> quality.Rows:
    names = {"popularity": quality.POPULARITY, "als": quality.ALS, "ease": "EASE (cornac)"}
    measured = {names[each]: {quality.NDCG: value} for each, value in rivals.items()}
    return {quality.RECIPE: {quality.NDCG: personalization, quality.MRR: mrr}} | measured


@pytest.mark.parametrize(
    ("measured", "seconds", "reached"),
    [
        (rows(0.23, popularity=0.10, als=0.19, ease=0.22), 9.9, True),
        (rows(0.19, popularity=0.08, als=0.15), 9.9, False),  # under .195
        (rows(0.23, mrr=0.28, popularity=0.10, als=0.19), 9.9, False),
        (rows(0.21, popularity=0.10, als=0.17), 9.9, False),  # 2.1 x popularity
        (rows(0.23, popularity=0.10, als=0.20), 9.9, False),  # 1.15 x ALS
        (rows(0.23, popularity=0.10, als=0.19, ease=0.24), 9.9, False),  # below a rival
        (rows(0.23, popularity=0.10, als=0.19), 10.1, False),
    ],
)
def test_the_bar_is_every_line_of_it(measured: quality.Rows, seconds: float, reached: bool) -> None:
    assert quality.verdict(measured, seconds) is reached


def test_the_newest_event_of_everyone_is_hidden() -> None:
    histories = encode(interactions(["a", "a", "a", "b"], ["x", "y", "z", "x"], [1, 3, 2, 1]))
    split = quality.without_the_last(histories)
    assert split.test_users.tolist() == [0]  # b has one event, which has to be shown
    assert [split.hidden.item_ids[item] for item in split.hidden.items] == ["y"]
    assert len(split.shown.items) == 3


def test_own_data_is_measured(tmp_path: Path) -> None:
    checkerboard()[0].interactions.to_pandas().to_csv(tmp_path / "interactions.csv", index=False)
    done = bench("--data", str(tmp_path), "--splits", "1")
    assert "1,080 interactions, 60 users, 40 items; mean over 1 splits" in done.stdout
    for model in ("aws-popularity-count", quality.RECIPE, *RIVALS):
        assert model in done.stdout
    assert not done.stderr


def test_movielens_reaches_the_bar() -> None:
    """Its quality only: how fast a busy machine trains proves nothing."""
    done = bench("--splits", "1")
    bars = re.findall(r"([\d.]+) (?:x .*)?\(at least ([\d.]+)\)", done.stdout)
    assert len(bars) == 2 + 1 + len(RIVALS) + 1 + 1
    assert [(value, bar) for value, bar in bars if float(value) < float(bar)] == []
