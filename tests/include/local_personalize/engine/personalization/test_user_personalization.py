from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from include.local_personalize.engine import (
    EVERYTHING,
    Allowed,
    Exploration,
    Query,
    StreamedEvent,
    TrainingData,
    train,
    update,
)
from include.local_personalize.engine.data import EventFilter
from include.local_personalize.engine.exploration import DEFAULT_EXPLORATION, SECONDS_A_DAY
from include.local_personalize.engine.personalization.user_personalization import UserPersonalization
from tests.include.local_personalize.engine.shops import (
    ITEMS,
    START,
    USERS,
    WITHHELD,
    checkerboard,
    each_twice,
    interactions,
    recommend,
    recommend_many,
)

NONE = Exploration(weight=0)
EVERYONE = [f"u{user}" for user in range(USERS)]
NEW_ITEMS = pa.table({"ITEM_ID": ["fresh", "stale"], "CREATION_TIMESTAMP": [START, START - 31 * SECONDS_A_DAY]})


def trained(data: TrainingData) -> UserPersonalization:
    model = train("aws-user-personalization", {}, None, data, 1).model
    assert isinstance(model, UserPersonalization)
    return model


@pytest.fixture(scope="module")
def data() -> TrainingData:
    return checkerboard()[0]


@pytest.fixture(scope="module")
def model(data: TrainingData) -> UserPersonalization:
    return trained(data)


def explored(model: UserPersonalization, exploration: Exploration = DEFAULT_EXPLORATION) -> set[str]:
    """All new items that anyone gets."""
    rankings = recommend_many(model, EVERYONE, 25, exploration)
    return {item for ranking in rankings for item in ranking.items if not item.startswith("i")}


def test_many_answers_are_those_to_each(model: UserPersonalization, data: TrainingData) -> None:
    model = update(model, replace(data, items=NEW_ITEMS))
    users = [*EVERYONE, "stranger", "u1"] * 9  # more than one part
    assert recommend_many(model, users, 25) == [recommend(model, user, 25) for user in users]


@pytest.mark.parametrize("user", ["u1", "stranger"])
@pytest.mark.parametrize("weight", [0, 0.3])
def test_scores_fall_and_sum_to_one(model: UserPersonalization, data: TrainingData, user: str, weight: float) -> None:
    model = update(model, replace(data, items=NEW_ITEMS))
    ranking = recommend(model, user, 500, Exploration(weight))
    assert ranking.scores
    assert sum(ranking.scores) == pytest.approx(1, abs=ITEMS * 5e-8)
    assert ranking.scores == sorted(ranking.scores, reverse=True)
    assert ranking.scores == [round(score, 7) for score in ranking.scores]


def test_unknown_users_get_what_is_popular(data: TrainingData) -> None:
    hits = interactions([f"u{user}" for user in range(30)], ["i7"] * 20 + ["i4"] * 10, [START - 1] * 30)
    model = trained(replace(data, interactions=pa.concat_tables([data.interactions, hits])))
    ranking = recommend(model, "stranger", 2)
    assert ranking.items[0] == "i7"
    assert ranking == recommend(model, "another stranger", 2)


def test_things_had_once_and_never_again_are_not_recommended(model: UserPersonalization, data: TrainingData) -> None:
    had = set(zip(data.interactions["USER_ID"].to_pylist(), data.interactions["ITEM_ID"].to_pylist(), strict=True))
    rankings = recommend_many(model, EVERYONE, 500, NONE)
    given = {(user, item) for user, ranking in zip(EVERYONE, rankings, strict=True) for item in ranking.items}
    assert given
    assert not given & had


def test_repeats_are_learnt() -> None:
    """Who clicks, watches: what was clicked last comes first, and what was watched as well never again."""
    data, clicked_last = each_twice()
    model = trained(data)
    rankings = dict(zip(EVERYONE, recommend_many(model, EVERYONE, 500, NONE), strict=True))
    assert {user: ranking.items[0] for user, ranking in rankings.items()} == clicked_last
    watched = set(data.interactions.filter(pa.compute.equal(data.interactions["USER_ID"], "u5"))["ITEM_ID"].to_pylist())
    assert set(rankings["u5"].items) & watched == {clicked_last["u5"]}


def test_update_explores_new_items_and_changes_no_weights(model: UserPersonalization, data: TrainingData) -> None:
    updated = update(model, replace(data, items=NEW_ITEMS))
    assert explored(model) == set()
    assert explored(updated) == {"fresh"}
    assert explored(updated, NONE) == set()
    assert explored(updated, Exploration(item_age_cut_off_days=32)) == {"fresh", "stale"}
    assert updated.weights is model.weights
    assert updated.blend is model.blend
    assert recommend_many(updated, EVERYONE, 25, NONE) == recommend_many(model, EVERYONE, 25, NONE)


def test_items_known_at_full_training_are_explored_at_once(data: TrainingData) -> None:
    assert explored(trained(replace(data, items=NEW_ITEMS))) == {"fresh"}


def test_share_of_new_items_grows_with_the_weight(model: UserPersonalization, data: TrainingData) -> None:
    items = pa.table({"ITEM_ID": [f"new{number}" for number in range(100)]})
    updated = update(model, replace(data, items=items))

    def share(weight: float) -> float:
        rankings = recommend_many(updated, EVERYONE, 2, Exploration(weight))
        return sum(item.startswith("new") for ranking in rankings for item in ranking.items) / (2 * USERS)

    # Of 120 places, 0.04 is the standard deviation of the share.
    assert [share(0), share(1)] == [0, 1]
    assert share(0.3) == pytest.approx(0.3, abs=0.15)
    assert share(0.3) < share(0.6) < 1


def test_update_brings_users_up_to_date(model: UserPersonalization, data: TrainingData) -> None:
    """Who came after the training gets items of one parity; who has gone on is not offered the same again."""
    fresh = interactions(["late"] * 3, ["i1", "i3", "i5"], [START + 9999] * 3)
    withheld = checkerboard()[1]["u0"]
    gone_on = interactions(["u0"] * WITHHELD, sorted(withheld), [START + 9999] * WITHHELD)
    updated = update(model, replace(data, interactions=pa.concat_tables([data.interactions, fresh, gone_on])))
    assert {int(item[1:]) % 2 for item in recommend(updated, "late", 10, NONE).items} == {1}
    assert set(recommend(model, "u0", WITHHELD, NONE).items) == withheld
    assert not set(recommend(updated, "u0", 500, NONE).items) & withheld


def test_new_item_is_no_longer_explored_for_who_found_it(model: UserPersonalization, data: TrainingData) -> None:
    found = interactions(["u0"], ["found"], [START])
    updated = update(model, replace(data, interactions=pa.concat_tables([data.interactions, found])))
    everything = Exploration(weight=1)
    assert recommend(updated, "u1", 1, everything).items == ["found"]
    assert "found" not in recommend(updated, "u0", 500, everything).items


def test_user_with_nothing_but_new_items_is_unknown(model: UserPersonalization, data: TrainingData) -> None:
    found = interactions(["late"], ["found"], [START])
    updated = update(model, replace(data, interactions=pa.concat_tables([data.interactions, found])))
    assert recommend(updated, "late", 25, NONE) == recommend(updated, "stranger", 25, NONE)


def test_user_who_has_had_everything_gets_only_new_items(data: TrainingData) -> None:
    all_items = [f"i{item}" for item in range(ITEMS)]
    everything = interactions(["glutton"] * ITEMS, all_items, list(range(START, START + ITEMS)))
    model = trained(replace(data, interactions=pa.concat_tables([data.interactions, everything]), items=NEW_ITEMS))
    assert recommend(model, "glutton", 25, NONE).items == []
    assert recommend(model, "glutton", 25).items == ["fresh"]
    assert recommend(model, "glutton", 25).scores == [1]


def test_longest_histories_do_not_train(data: TrainingData) -> None:
    """A robot that goes from i0 to i1, over and over, is one user of 61: more than the 99th percentile lets in."""
    robot = interactions(["robot"] * 400, ["i0", "i1"] * 200, list(range(START, START + 400)))
    model = trained(replace(data, interactions=pa.concat_tables([data.interactions, robot])))
    assert np.array_equal(model.weights.popularity, trained(data).weights.popularity)


def test_hyperparameters_are_obeyed(data: TrainingData) -> None:
    config = {
        "algorithmHyperParameters": {"hidden_dimension": "40", "bptt": "3", "recency_mask": "false"},
        "featureTransformationParameters": {"max_user_history_length_percentile": "1.0"},
    }
    model = train("aws-user-personalization", config, None, data, 1).model
    assert isinstance(model, UserPersonalization)
    assert model.weights.recency.tolist() == [1, 1, 1]
    assert model.weights.taste is None or model.weights.taste.factors.shape == (ITEMS, 40)


def put(*items: str, kind: str = "watch", value: float | None = None) -> tuple[StreamedEvent, ...]:
    return tuple(StreamedEvent(item, kind, START + 99_999 + at, value) for at, item in enumerate(items))


def asked(model: UserPersonalization, user: str, streamed: tuple[StreamedEvent, ...], count: int = 10) -> list[str]:
    return model.answer(Query(user_id=user, num_results=count, exploration=NONE, streamed=streamed)).items


def test_one_put_event_makes_a_stranger_known(model: UserPersonalization) -> None:
    assert {int(item[1:]) % 2 for item in asked(model, "stranger", put("i3"))} == {1}
    assert {int(item[1:]) % 2 for item in asked(model, "stranger", put("i4"))} == {0}


def test_put_events_follow_those_of_the_training(model: UserPersonalization, data: TrainingData) -> None:
    """The answer is that of an UPDATE which has them; what was put has been had."""
    withheld = sorted(checkerboard()[1]["u0"])
    rows = interactions(["u0"] * WITHHELD, withheld, [START + 9_999] * WITHHELD)
    updated = update(model, replace(data, interactions=pa.concat_tables([data.interactions, rows])))
    streamed = put(*[updated.histories.item_ids[item] for item in updated.histories.of(0)[-WITHHELD:]])
    assert model.answer(Query(user_id="u0", streamed=streamed)) == updated.answer(Query(user_id="u0"))
    assert not {*asked(model, "u0", streamed, 500)} & {*withheld}


def test_put_events_of_items_that_the_weights_do_not_know_are_ignored(model: UserPersonalization) -> None:
    assert asked(model, "u0", put("unheard of")) == asked(model, "u0", ())
    assert asked(model, "stranger", put("unheard of")) == asked(model, "stranger", ())


def test_put_events_count_as_repeats() -> None:
    """Who clicks, watches: what was clicked just now comes first, and what was watched as well never again."""
    model = trained(each_twice()[0])
    assert asked(model, "stranger", put("i7"), 1) == ["i7"]
    assert "i7" not in asked(model, "stranger", put("i7", "i7"), 500)


def test_put_events_that_would_not_have_trained_are_ignored(model: UserPersonalization) -> None:
    of_watches = replace(model, events=EventFilter("watch", 3.0))
    unknown = asked(of_watches, "stranger", ())
    assert asked(of_watches, "stranger", put("i3", kind="click", value=5)) == unknown
    assert asked(of_watches, "stranger", put("i3", value=2.5)) == unknown
    assert asked(of_watches, "stranger", put("i3")) == unknown
    assert asked(of_watches, "stranger", put("i3", value=3)) != unknown


def test_a_put_event_of_a_new_item_ends_its_exploration(model: UserPersonalization, data: TrainingData) -> None:
    updated = update(model, replace(data, items=NEW_ITEMS))
    query = Query(user_id="u1", num_results=1, exploration=Exploration(weight=1))
    assert updated.answer(query).items == ["fresh"]
    assert updated.answer(replace(query, streamed=put("fresh"))).items != ["fresh"]


@pytest.mark.parametrize("user", ["u1", "stranger"])
def test_filters_leave_what_they_allow_in_the_same_order(model: UserPersonalization, user: str) -> None:
    everything = recommend(model, user, 500, NONE)
    chances = dict(zip(everything.items, everything.scores or [], strict=True))
    named = frozenset([*everything.items[1::2], "no such item"])
    only = model.answer(Query(user_id=user, num_results=500, exploration=NONE, allowed=Allowed(named, only=True)))
    rest = model.answer(Query(user_id=user, num_results=500, exploration=NONE, allowed=Allowed(named)))
    assert (only.items, rest.items) == (everything.items[1::2], everything.items[::2])
    assert only.scores == [chances[item] for item in only.items]


def test_each_question_of_many_has_its_own_filter_and_events(model: UserPersonalization) -> None:
    questions = [
        Query(user_id=user, exploration=NONE, allowed=allowed, streamed=streamed)
        for user in ("u1", "u2", "stranger")
        for allowed in (EVERYTHING, Allowed(frozenset({"i1", "i2"})), Allowed(frozenset({"i3", "i4"}), only=True))
        for streamed in ((), put("i5"))
    ]
    assert list(model.answer_many(questions)) == [model.answer(question) for question in questions]


def test_update_with_newer_interactions_alone_is_that_with_all(model: UserPersonalization, data: TrainingData) -> None:
    newer = interactions(["u0", "late", "late"], ["i1", "i2", "found"], [START + 9_999, START + 9_000, START + 9_500])
    alone = update(model, replace(data, interactions=newer, items=NEW_ITEMS, only_newer=True))
    everything = pa.concat_tables([data.interactions, newer])
    whole = update(model, replace(data, interactions=everything, items=NEW_ITEMS))
    assert explored(alone) == {"fresh", "found"}
    users = [*EVERYONE, "late", "stranger"]
    assert recommend_many(alone, users) == recommend_many(whole, users)
    assert dict(zip(alone.cold.item_ids, alone.cold.created.tolist(), strict=True)) == dict(
        zip(whole.cold.item_ids, whole.cold.created.tolist(), strict=True)
    )
    assert alone.cold.latest_interaction == whole.cold.latest_interaction
