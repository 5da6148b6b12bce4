import pytest

from include.local_personalize.engine import Allowed, Query
from include.local_personalize.engine.histories import encode
from include.local_personalize.engine.popularity.popularity_count import PopularityCount
from tests.include.local_personalize.engine.shops import interactions


@pytest.fixture(scope="module")
def model() -> PopularityCount:
    items = ["z", "b", "b", "m", "m", "m", "a", "a"]
    return PopularityCount.fit(encode(interactions(["u", "v"] * 4, items, list(range(8)))))


def test_most_interactions_come_first_and_of_equals_the_first_in_alphabet(model: PopularityCount) -> None:
    assert model.answer(Query(user_id="anyone")).items == ["m", "a", "b", "z"]
    assert model.counts.tolist() == [3, 2, 2, 1]


def test_a_filter_leaves_room_for_the_next(model: PopularityCount) -> None:
    assert model.answer(Query(num_results=2, allowed=Allowed(frozenset("ma")))).items == ["b", "z"]
    assert model.answer(Query(num_results=2, allowed=Allowed(frozenset("za"), only=True))).items == ["a", "z"]


def test_nothing_is_said_of_scores(model: PopularityCount) -> None:
    assert model.answer(Query()).scores is None
