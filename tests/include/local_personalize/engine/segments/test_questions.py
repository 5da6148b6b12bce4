import numpy as np
import pytest

from include.local_personalize.engine.histories import encode
from include.local_personalize.engine.segments import questions
from include.local_personalize.engine.segments.attributes import Attributes
from tests.include.local_personalize.engine.shops import interactions

USERS = ["one", *["two"] * 2, *["ten"] * 10]
TABLE = interactions(USERS, [f"i{number}" for number in range(13)], list(range(13)))


def test_the_newest_fifth_of_everyone_is_hidden_at_least_one_of_two() -> None:
    split = questions.split(encode(TABLE))
    hidden = {user: int(length) for user, length in zip(split.hidden.user_ids, split.hidden.lengths, strict=True)}
    assert hidden == {"one": 0, "two": 1, "ten": 2}
    ten = split.hidden.user_ids.index("ten")
    assert {split.hidden.item_ids[item] for item in split.hidden.of(ten)} == {"i11", "i12"}
    assert (split.shown.lengths + split.hidden.lengths).tolist() == encode(TABLE).lengths.tolist()


def test_questions_are_about_hidden_items_and_who_turned_to_them() -> None:
    table = interactions(["a", "b", "b", "c"], ["x", "x", "y", "x"], [1, 2, 3, 4])
    histories = encode(table)
    asked = {histories.item_ids[each.items[0]]: each.users.tolist() for each in questions.draw(histories, None, 1)}
    assert asked == {"x": [0, 1, 2], "y": [1]}


def test_questions_about_attributes_unite_their_items_and_leave_out_what_nobody_turned_to() -> None:
    histories = encode(interactions(["a", "b", "c"], ["x", "y", "z"], [1, 2, 3]), ["unseen"])
    numbers = {item: number for number, item in enumerate(histories.item_ids)}
    items = np.array([numbers["x"], numbers["z"], numbers["unseen"]], np.int32)
    known = Attributes([("KIND", "fruit"), ("KIND", "rock")], np.array([0, 2, 3], np.int32), items)
    (question,) = questions.draw(histories, known, 1)
    assert question.users.tolist() == [0, 2]


def test_metrics_are_means_over_questions() -> None:
    segments = [np.array([0, 1]), np.array([1, 2])]
    relevant = [np.array([1, 4, 5, 6]), np.array([1, 2])]
    measured = questions.metrics(segments, relevant, users=10)
    assert measured == {
        "coverage": 3 / 10,
        "hits_at_1_percent": pytest.approx((1 + 2) / 2),
        "recall_at_1_percent": pytest.approx((1 / 4 + 2 / 2) / 2),
    }


@pytest.mark.parametrize(("users", "size"), [(1, 1), (100, 1), (101, 2), (162_541, 1_626)])
def test_a_segment_is_the_top_1_percent(users: int, size: int) -> None:
    assert questions.segment_size(users) == size
