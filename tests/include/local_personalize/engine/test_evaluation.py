import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pytest

from include.local_personalize.engine import Query, Ranking, TrainingData
from include.local_personalize.engine.evaluation import measured_by_item, measured_by_user
from include.local_personalize.engine.histories import encode
from include.local_personalize.engine.holdout import Holdout, hold_out
from tests.include.local_personalize.engine.shops import interactions


@dataclass(frozen=True)
class Listed:
    """Answers what it was told to answer, by user or item."""

    answers: dict[str, list[str]]
    recipe: str = "listed"

    def answer(self, query: Query) -> Ranking:
        return Ranking(self.answers.get(query.user_id or query.item_id, [])[: query.num_results])

    def answer_many(self, queries: Sequence[Query]) -> Iterator[Ranking]:
        return map(self.answer, queries)


@pytest.fixture
def walkers() -> TrainingData:
    """Two users, who have had a, b, c, d and w, x, y, z in this order; e has metadata alone."""
    table = interactions(["u"] * 4 + ["v"] * 4, list("abcdwxyz"), list(range(8)))
    return TrainingData(table, pa.table({"ITEM_ID": ["a", "e"]}), None)


@pytest.fixture
def split(walkers: TrainingData) -> Holdout:
    """The newest of each user's four is hidden: d and z."""
    return hold_out(encode(walkers.interactions), seed=1, share_of_users=1.0)


def test_users_ask_for_what_is_hidden_from_them(walkers: TrainingData, split: Holdout) -> None:
    measured = measured_by_user(Listed({"u": ["a", "d"], "v": ["z"]}), split, walkers)
    assert measured["mean_reciprocal_rank_at_25"] == (1 / 2 + 1) / 2
    assert measured["coverage"] == round(3 / 9, 4)


@dataclass(frozen=True)
class Counting(Listed):
    """Remembers how often it was asked for how many."""

    asked: list[int] = field(default_factory=list)

    def answer(self, query: Query) -> Ranking:
        self.asked.append(query.num_results)
        return super().answer(query)


def test_every_metric_is_of_the_same_answers(walkers: TrainingData) -> None:
    """d is hidden from u, who gets it first, and z from v, who gets it as the 50th: among the first 25, d alone is a
    hit. Of the rewards of all 50, z has everything, and is one of the 25 that are worth the most.
    """
    histories = encode(walkers.interactions, rewards=np.array([1.0] * 3 + [2.0] + [1.0] * 3 + [0.5]))
    split = hold_out(histories, seed=1, share_of_users=1.0)
    model = Counting({"u": ["d"], "v": [*(["a", "b", "c", "w", "x", "y"] * 9)[:49], "z"]})
    measured = measured_by_user(model, split, walkers, {"z": 3.0, "a": 1.0})
    assert model.asked == [50, 50]
    assert measured["normalized_discounted_cumulative_gain_with_event_weights_at_25"] == 0.5
    assert measured["mean_reciprocal_rank_at_25"] == 0.5
    assert measured["coverage"] == round(7 / 9, 4)
    assert measured["average_rewards_at_k"] == 1.0
    assert len(measured) == 8 + 3 + 1


def test_the_last_shown_items_ask_for_what_is_hidden(walkers: TrainingData, split: Holdout) -> None:
    measured = measured_by_item(Listed({"c": ["x", "y", "d"], "a": ["d"], "w": ["z"]}), split, walkers)
    assert measured["mean_reciprocal_rank_at_25"] == round((1 / 3 + 0) / 2, 4)
    assert measured["precision_at_5"] == (1 / 5 + 0) / 2
    assert len(measured) == 8


def test_measuring_sixteen_thousand_users_takes_seconds() -> None:
    random = np.random.default_rng(1)
    people = [f"u{user}" for user in range(16_000)]
    items = [f"i{item}" for item in range(500)]
    table = interactions(np.repeat(people, 10).tolist(), random.choice(items, 160_000).tolist(), list(range(160_000)))
    everyone = hold_out(encode(table), seed=1, share_of_users=1.0)
    answers = {person: random.choice(items, 25, replace=False).tolist() for person in people}
    began = time.process_time()
    measured = measured_by_user(Listed(answers), everyone, TrainingData(table, None, None))
    assert time.process_time() - began < 5
    assert measured["precision_at_25"] == pytest.approx(1 / 500, abs=5e-4)  # one of 500 is hidden, 25 are guessed
    assert measured["coverage"] == 1
