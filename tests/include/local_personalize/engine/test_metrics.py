import math
from types import MappingProxyType

import numpy as np
import pytest
import pytrec_eval
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

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


ITEMS = [f"i{item}" for item in range(60)]
TREC = MappingProxyType(
    {
        "mean_reciprocal_rank_at_25": "recip_rank",
        **{f"normalized_discounted_cumulative_gain_at_{k}": f"ndcg_cut_{k}" for k in (5, 10, 25)},
        **{f"precision_at_{k}": f"P_{k}" for k in (5, 10, 25)},
    }
)
some_items = st.lists(st.sampled_from(ITEMS), unique=True, max_size=25)
users = st.lists(st.tuples(some_items, some_items.filter(bool)), min_size=1, max_size=6)


@given(users)
def test_metrics_are_those_of_trec_eval(users: list[tuple[list[str], list[str]]]) -> None:
    recommended, relevant = [items for items, _ in users], [truth for _, truth in users]
    measured = metrics.means(recommended, relevant, ITEMS)
    evaluator = pytrec_eval.RelevanceEvaluator(
        {str(user): dict.fromkeys(truth, 1) for user, truth in enumerate(relevant)},
        {"recip_rank", "ndcg_cut.5,10,25", "P.5,10,25"},
    )
    # trec_eval orders by score, and knows nothing of a user without any recommendation: an irrelevant one is the same.
    runs = {
        str(user): {item: -float(place) for place, item in enumerate(items or ["none"])}
        for user, items in enumerate(recommended)
    }
    theirs = evaluator.evaluate(runs)
    for ours, trec in TREC.items():
        assert measured[ours] == pytest.approx(np.mean([each[trec] for each in theirs.values()]), abs=1e-9)


@given(st.permutations(range(30)), st.lists(st.floats(0.01, 1), min_size=1, max_size=30), st.sampled_from([5, 10, 25]))
def test_ndcg_with_rewards_is_that_of_scikit_learn(order: list[int], rewards: list[float], k: int) -> None:
    gains = np.zeros(30)
    gains[: len(rewards)] = rewards
    scores = np.zeros(30)
    scores[order] = np.arange(30, 0, -1)
    ours = metrics.ndcg_with_rewards(
        [f"i{item}" for item in order], {f"i{item}": reward for item, reward in enumerate(rewards)}, k
    )
    assert ours == pytest.approx(ndcg_score([gains], [scores], k=k), abs=1e-9)


def test_documented_example_of_rewards_of_events() -> None:
    assert metrics.rewards_of_events({"buy": 0.3, "view": 0.1}) == pytest.approx({"buy": 1.5, "view": 0.5})


def test_ndcg_with_rewards() -> None:
    # A view (0.5) on top and the purchase (1.5) third; best would be the purchase first and the view second.
    gained = 0.5 / math.log(2) + 1.5 / math.log(4)
    ideal = 1.5 / math.log(2) + 0.5 / math.log(3)
    rewards = {"viewed": 0.5, "bought": 1.5}
    assert metrics.ndcg_with_rewards(["viewed", "other", "bought"], rewards, 5) == pytest.approx(gained / ideal)
    assert metrics.ndcg_with_rewards(["other"], rewards, 5) == 0


def test_average_rewards() -> None:
    reward = {"a": 1.0, "b": 5.0, "c": 2.0, "d": 4.0}
    # Of b and d, the two of the highest reward, only b is a hit: 5 of 5 + 1. The second user's only hit is among them.
    two_users = metrics.average_rewards([["a", "b", "c", "d"], ["d", "c", "a"]], [{"a", "b"}, {"d"}], reward, k=2)
    assert two_users == pytest.approx((5 / 6 + 1) / 2)


def test_average_rewards_leaves_out_users_without_rewards() -> None:
    reward = {"a": 1.0, "b": 5.0, "free": 0.0}
    assert metrics.average_rewards([["a"], ["b"], ["free"]], [{"a"}, {"a"}, {"free"}], reward) == 1
    assert metrics.average_rewards([["b"]], [{"a"}], reward) == 0
