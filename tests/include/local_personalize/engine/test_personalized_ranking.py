from dataclasses import replace
from typing import Any

import pytest

from include.local_personalize.engine import Allowed, Query, Ranking, StreamedEvent, TrainingData, train
from include.local_personalize.engine.data import EventFilter
from include.local_personalize.engine.personalized_ranking import PersonalizedRanking
from tests.include.local_personalize.engine.shops import ITEMS, START, WITHHELD, checkerboard, each_twice

EVERY_ITEM = tuple(f"i{item}" for item in range(ITEMS))


@pytest.fixture(scope="module")
def model() -> PersonalizedRanking:
    return trained(checkerboard()[0])


def trained(data: TrainingData) -> PersonalizedRanking:
    model = train("aws-personalized-ranking", {}, None, data, 1).model
    assert isinstance(model, PersonalizedRanking)
    return model


def ranked(model: PersonalizedRanking, user: str, items: tuple[str, ...] = EVERY_ITEM, **more: Any) -> Ranking:
    return model.answer(Query(user_id=user, item_list=items, num_results=len(items), **more))


def test_the_whole_list_comes_back_in_the_order_of_the_users_interest(model: PersonalizedRanking) -> None:
    for user, withheld in checkerboard()[1].items():
        ranking = ranked(model, user)
        assert sorted(ranking.items) == sorted(EVERY_ITEM)
        assert set(ranking.items[:WITHHELD]) == withheld


def test_what_the_user_has_had_and_never_comes_back_is_last_in_the_order_of_interest(
    model: PersonalizedRanking,
) -> None:
    data = checkerboard()[0].interactions
    had = {item for user, item in zip(*(data[name].to_pylist() for name in ("USER_ID", "ITEM_ID")), strict=True)
           if user == "u1"}  # fmt: skip
    ranking = ranked(model, "u1")
    assert set(ranking.items[-len(had) :]) == had
    assert ranking.scores is not None
    assert ranking.scores[-len(had) :] == [0.0] * len(had)
    # With nothing else in the list, interest decides, and scores.
    again = ranked(model, "u1", tuple(sorted(had)))
    assert again.items == ranking.items[-len(had) :]
    assert again.scores is not None
    assert again.scores[0]
    assert sum(score or 0 for score in again.scores) == pytest.approx(1, abs=1e-5)


def test_scores_are_chances_within_the_list(model: PersonalizedRanking) -> None:
    """A softmax: the ratio of two items is the same whatever else is in the list."""
    whole = ranked(model, "u1")
    assert whole.scores is not None
    score = dict(zip(whole.items, whole.scores, strict=True))
    two = whole.items[1], whole.items[3]
    pair = ranked(model, "u1", two)
    assert pair.scores == [
        pytest.approx((score[item] or 0) / ((score[two[0]] or 0) + (score[two[1]] or 0)), abs=1e-4) for item in two
    ]


def test_unknown_items_come_last_in_the_order_given_and_without_a_score(model: PersonalizedRanking) -> None:
    ranking = ranked(model, "u1", ("zebra", "i2", "aardvark", "i4", "zebra"))
    assert set(ranking.items[:2]) == {"i2", "i4"}
    assert ranking.items[2:] == ["zebra", "aardvark"]
    assert ranking.scores is not None
    assert ranking.scores[2:] == [None, None]
    only_unknown = ranked(model, "u1", ("zebra",))
    assert (only_unknown.items, only_unknown.scores) == (["zebra"], [None])
    assert ranked(model, "u1", ()) == Ranking([], [])


def test_filters_drop_items_known_or_not(model: PersonalizedRanking) -> None:
    ranking = ranked(model, "u1", ("zebra", "i2", "aardvark", "i4"), allowed=Allowed(frozenset({"i2", "zebra"})))
    assert ranking.items == ["i4", "aardvark"]
    assert ranking.scores == [1.0, None]


def test_strangers_get_the_list_by_popularity(model: PersonalizedRanking) -> None:
    counts = {
        each["values"]: each["counts"] for each in checkerboard()[0].interactions["ITEM_ID"].value_counts().to_pylist()
    }
    ranking = ranked(model, "stranger", ("i1", "i2", "i3"))
    assert ranking.items == sorted(("i1", "i2", "i3"), key=lambda item: (-counts[item], item))
    total = sum(counts[item] for item in ranking.items)
    assert ranking.scores == [pytest.approx(counts[item] / total, abs=1e-7) for item in ranking.items]


def test_streamed_events_count(model: PersonalizedRanking) -> None:
    for colour in range(2):
        streamed = tuple(StreamedEvent(f"i{item}", "watch", START + 9999) for item in range(colour, 20, 2))
        ranking = ranked(model, "stranger", tuple(f"i{item}" for item in range(20, 40)), streamed=streamed)
        assert {int(item[1:]) % 2 for item in ranking.items[:10]} == {colour}


def test_streamed_events_that_would_not_train_do_not_count(model: PersonalizedRanking) -> None:
    watched = replace(model, events=EventFilter("watch"))
    streamed = (StreamedEvent("i1", "click", START + 9999),)
    assert ranked(watched, "stranger", streamed=streamed) == ranked(watched, "stranger")
    assert ranked(model, "stranger", streamed=streamed) != ranked(model, "stranger")


def test_where_people_come_back_what_they_have_clicked_is_first() -> None:
    data, next_ones = each_twice()
    model = trained(data)
    right = [ranked(model, user, tuple(model.histories.item_ids)).items[0] == item for user, item in next_ones.items()]
    assert sum(right) >= 0.9 * len(right)


def test_a_list_may_be_longer_than_what_is_scored_at_once(
    model: PersonalizedRanking, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = ranked(model, "u1")
    monkeypatch.setattr("include.local_personalize.engine.personalized_ranking.CHOSEN", 7)
    assert ranked(model, "u1") == whole
