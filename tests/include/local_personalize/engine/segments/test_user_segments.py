"""Segments of data whose right answers are known by construction: users of one colour turn to items of it."""

import numpy as np
import pyarrow as pa
import pytest

from include.local_personalize.engine import Allowed, Query, Trained, TrainingData, TrainingError, load, train
from tests.include.local_personalize.engine.shops import ITEMS, START, USERS, checkerboard, interactions

ITEM = "aws-item-affinity"
ATTRIBUTE = "aws-item-attribute-affinity"
DATA, WITHHELD = checkerboard()
METADATA = pa.table(
    {
        "ITEM_ID": [*(f"i{item}" for item in range(ITEMS)), "never-sold"],
        "COLOUR": [*("even|plain" if item % 2 == 0 else "odd|plain" for item in range(ITEMS)), "gold"],
        "HALF": [*(float(item // (ITEMS // 2)) for item in range(ITEMS)), None],
        "CREATION_TIMESTAMP": [START] * (ITEMS + 1),
    }
)


@pytest.fixture(scope="module")
def by_item() -> Trained:
    return train(ITEM, {}, None, DATA, 1)


@pytest.fixture(scope="module")
def by_attribute() -> Trained:
    return train(ATTRIBUTE, {}, None, TrainingData(DATA.interactions, METADATA, None), 1)


def colours(users: list[str]) -> set[int]:
    return {int(user[1:]) % 2 for user in users}


@pytest.mark.parametrize("item", range(4))
def test_a_segment_of_an_item_has_the_users_of_its_colour(by_item: Trained, item: int) -> None:
    ranking = by_item.model.answer(Query(item_id=f"i{item}", num_results=USERS // 2))
    assert colours(ranking.items) == {item % 2}
    assert (len(set(ranking.items)), ranking.scores) == (USERS // 2, None)


def test_those_who_have_an_item_come_after_those_who_may_still_want_it(by_item: Trained) -> None:
    """Nobody in the data has an item twice, which the blend learns."""
    wanting = {f"i{item}": {user for user, items in WITHHELD.items() if f"i{item}" in items} for item in range(ITEMS)}
    for item, users in wanting.items():
        assert set(by_item.model.answer(Query(item_id=item, num_results=len(users))).items) == users


def test_those_who_come_back_come_first_where_people_do() -> None:
    """Everyone sticks to three items of 40 of their own."""
    random = np.random.default_rng(1)
    own = [random.permutation(ITEMS)[:3] for _ in range(USERS)]
    items = [f"i{item}" for mine in own for item in random.choice(mine, 20)]
    users = [f"u{user}" for user in range(USERS) for _ in range(20)]
    data = TrainingData(interactions(users, items, list(range(START, START + len(users)))), None, None)
    model = train(ITEM, {}, None, data, 1).model
    regulars = {f"u{user}" for user, mine in enumerate(own) if 0 in mine}
    assert set(model.answer(Query(item_id="i0", num_results=len(regulars))).items) == regulars


@pytest.mark.parametrize(
    ("attributes", "colour"),
    [
        ('ITEMS.colour = "even"', 0),
        ('Items.COLOUR = "odd"', 1),
        ('ITEMS.COLOUR = "plain" AND ITEMS.COLOUR = "odd" AND ITEMS.HALF = 1', 1),
    ],
)
def test_a_segment_of_attributes_has_the_users_of_their_colour(
    by_attribute: Trained, attributes: str, colour: int
) -> None:
    ranking = by_attribute.model.answer(Query(item_attributes=attributes, num_results=USERS // 2))
    assert colours(ranking.items) == {colour}


@pytest.mark.parametrize(
    ("attributes", "items"),
    [
        ('ITEMS.COLOUR = "even"', ITEMS // 2),
        ('ITEMS.COLOUR = "plain"', ITEMS),
        ('ITEMS.COLOUR = "even" AND ITEMS.HALF = 0', ITEMS // 4),
        ('ITEMS.COLOUR = "even" AND ITEMS.COLOUR = "odd"', 0),
        ('ITEMS.COLOUR = "gold"', 0),  # the only one was never sold: nobody is known to turn to it
        ('ITEMS.HALF = "0"', 0),
        ("ITEMS.CREATION_TIMESTAMP = 1700000000", 0),
    ],
)
def test_items_have_to_meet_all_conditions(by_attribute: Trained, attributes: str, items: int) -> None:
    assert len(by_attribute.model.items_asked(Query(item_attributes=attributes))) == items


def test_what_is_unknown_is_answered_with_the_affinity_to_all_items(by_item: Trained) -> None:
    assert not len(by_item.model.items_asked(Query(item_id="unknown")))
    assert len(by_item.model.answer(Query(item_id="unknown", num_results=10)).items) == 10


def test_a_filter_leaves_users_out_or_only_them(by_item: Trained) -> None:
    chosen = frozenset({"u1", "u2", "nobody"})
    only, but = (
        by_item.model.answer(Query(item_id="i0", num_results=USERS, allowed=Allowed(chosen, only=only)))
        for only in (True, False)
    )
    assert set(only.items) == {"u1", "u2"}
    assert len(but.items) == USERS - 2
    assert not chosen.intersection(but.items)


def test_metrics_are_named_as_amazon_prints_them(by_item: Trained, by_attribute: Trained) -> None:
    assert list(by_item.metrics) == ["coverage", "hits_at_1_percent", "recall_at_1_percent"]
    # The segment is one user, 1% of 60. Of the 30 of an item's colour about 4.5 turn to it (60 users x 3 hidden of 40
    # items): 0.15 by chance.
    assert by_item.metrics["hits_at_1_percent"] > 0.4
    assert by_attribute.metrics["hits_at_1_percent"] == 1.0


@pytest.mark.parametrize("trained", ["by_item", "by_attribute"])
def test_a_saved_model_answers_the_same(trained: str, tmp_path, request) -> None:
    model = request.getfixturevalue(trained).model
    model.save(tmp_path / "model")
    queries = [Query(item_id=f"i{item}", item_attributes="ITEMS.HALF = 1") for item in range(3)]
    assert list(load(tmp_path / "model").answer_many(queries)) == list(model.answer_many(queries))


@pytest.mark.parametrize("items", [None, METADATA.select(["ITEM_ID", "CREATION_TIMESTAMP"]), METADATA.slice(ITEMS)])
def test_attributes_need_metadata(items: pa.Table | None) -> None:
    with pytest.raises(TrainingError, match="needs an Items dataset with at least one column"):
        train(ATTRIBUTE, {}, None, TrainingData(DATA.interactions, items, None), 1)


def test_a_textual_column_is_no_attribute() -> None:
    kinds = {"COLOUR": "textual", "HALF": "numeric"}
    model = train(ATTRIBUTE, {}, None, TrainingData(DATA.interactions, METADATA, None, kinds), 1).model
    assert not len(model.items_asked(Query(item_attributes='ITEMS.COLOUR = "even"')))
    assert len(model.items_asked(Query(item_attributes="ITEMS.HALF = 1"))) == ITEMS // 2
