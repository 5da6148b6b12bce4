import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench import related

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("ndcg", "beats"), [(0.2, True), (0.1, False), (0.05, False)])
def test_a_recipe_beats_its_rival_or_not(ndcg: float, beats: bool, capsys: pytest.CaptureFixture[str]) -> None:
    rows = {related.SIMILAR: {related.NDCG: ndcg}, related.POPULAR: {related.NDCG: 0.1}}
    assert related._over(rows, related.SIMILAR, related.POPULAR) is beats
    assert f"{ndcg / 0.1:.1f} x popularity" in capsys.readouterr().out


def test_recipes_beat_random_and_popular_items() -> None:
    command = [sys.executable, "-m", "tests.bench.related", "--splits", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    ratios = re.findall(r"NDCG@25 of (\S+): ([\d.]+) x (\S+)", done.stdout)
    assert len(ratios) == 6
    assert all(float(ratio) > 1 for _, ratio, _ in ratios)
