"""Metrics of one user: derivations by hand, and agreement with the local service's means."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.local_personalize.engine import metrics as of_the_service
from include.training.backtest.metrics import METRICS, ndcg_at_25, per_user, reciprocal_rank_at_25

NDCG, MRR = METRICS
ITEMS = [f"i{number}" for number in range(60)]


def test_ndcg_of_hits_at_two_and_five() -> None:
    gained = 1 / math.log2(3) + 1 / math.log2(6)
    ideal = 1 / math.log2(2) + 1 / math.log2(3)
    assert ndcg_at_25(["x", "a", "x", "x", "b"], {"a", "b"}) == pytest.approx(gained / ideal)  # 0.6241


def test_ndcg_ends_at_25_however_much_was_recommended_or_done() -> None:
    assert ndcg_at_25(ITEMS, {ITEMS[25]}) == 0
    assert ndcg_at_25(ITEMS, ITEMS[:40]) == pytest.approx(1)
    assert ndcg_at_25([], {"a"}) == 0


@pytest.mark.parametrize(("position", "expected"), [(1, 1), (2, 1 / 2), (25, 1 / 25), (26, 0)])
def test_reciprocal_rank_is_of_the_first_hit(position: int, expected: float) -> None:
    assert reciprocal_rank_at_25(ITEMS, {ITEMS[position - 1], ITEMS[59]}) == pytest.approx(expected)


def test_a_user_without_later_items_has_no_value() -> None:
    with pytest.raises(ValueError, match="without a later interaction"):
        per_user(NDCG, [["a"]], [set()])


@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(ITEMS), unique=True, max_size=40), st.sets(st.sampled_from(ITEMS), min_size=1)
        ),
        min_size=1,
        max_size=8,
    )
)
def test_means_over_users_are_the_metrics_of_the_service(users: list[tuple[list[str], set[str]]]) -> None:
    recommended, later = [user[0][:25] for user in users], [user[1] for user in users]

    expected = of_the_service.means(recommended, later, ITEMS)

    for metric in METRICS:
        assert np.mean(per_user(metric, recommended, later)) == pytest.approx(expected[metric])
