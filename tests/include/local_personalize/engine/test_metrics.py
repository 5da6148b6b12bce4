import math

import numpy as np
import pytest

from include.local_personalize.engine import metrics


def hit(*positions: int, depth: int = 25) -> np.ndarray:
    return np.isin(np.arange(1, depth + 1), positions)


def test_documented_example_of_ndcg() -> None:
    # Hits at 2 and 5 of 5: (1/log 3 + 1/log 6) / (1/log 2 + 1/log 3).
    assert metrics.ndcg(hit(2, 5), relevant=2, k=5) == pytest.approx(0.6241, abs=5e-5)


@pytest.mark.parametrize(
    ("positions", "relevant", "k", "expected"),
    [
        ((1, 2, 3), 3, 25, 1.0),
        ((1,), 30, 1, 1.0),
        ((), 4, 10, 0.0),
        ((6,), 1, 5, 0.0),
        ((3,), 1, 5, math.log(2) / math.log(4)),
        ((1,), 2, 5, (1 / math.log(2)) / (1 / math.log(2) + 1 / math.log(3))),
    ],
)
def test_ndcg(positions: tuple[int, ...], relevant: int, k: int, expected: float) -> None:
    assert metrics.ndcg(hit(*positions), relevant, k) == pytest.approx(expected)


def test_short_list_counts_as_misses() -> None:
    assert metrics.ndcg(hit(1, depth=1), relevant=2, k=5) == pytest.approx(
        (1 / math.log(2)) / (1 / math.log(2) + 1 / math.log(3))
    )
    assert metrics.precision(hit(1, depth=1), 5) == 1 / 5


def test_reciprocal_rank_is_of_the_first_hit() -> None:
    assert metrics.reciprocal_rank(hit(4, 5)) == 1 / 4
    assert metrics.reciprocal_rank(hit()) == 0


def test_coverage_counts_each_item_once() -> None:
    assert metrics.coverage([["a", "b"], ["b", "c"]], ["a", "b", "c", "d"]) == 3 / 4


def test_offline_metrics_are_means_over_users_in_the_order_of_the_service() -> None:
    recommended = [["a", "b", "c", "d", "e"], ["a", "b", "c", "d", "e"]]
    measured = metrics.offline_metrics(recommended, [{"b", "e"}, {"x"}], "abcdefghij")
    assert measured == {
        "coverage": 0.5,
        "mean_reciprocal_rank_at_25": 0.25,  # (1/2 + 0) / 2
        "normalized_discounted_cumulative_gain_at_10": 0.312,  # 0.6241 / 2
        "normalized_discounted_cumulative_gain_at_25": 0.312,
        "normalized_discounted_cumulative_gain_at_5": 0.312,
        "precision_at_10": 0.1,  # (2/10 + 0) / 2
        "precision_at_25": 0.04,
        "precision_at_5": 0.2,
    }
    assert list(measured) == sorted(measured)
