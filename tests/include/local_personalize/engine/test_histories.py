import numpy as np
import pyarrow as pa

from include.local_personalize.engine.histories import Histories, encode, followed
from tests.include.local_personalize.engine.shops import interactions


def same(one: Histories, other: Histories) -> bool:
    return (one.user_ids, one.item_ids) == (other.user_ids, other.item_ids) and all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in ("starts", "items", "times")
    )


def test_events_are_by_user_and_oldest_first() -> None:
    histories = encode(interactions(["u2", "u1", "u2"], ["b", "c", "a"], [30, 20, 10]))
    assert histories.user_ids == ["u1", "u2"]
    assert histories.item_ids == ["a", "b", "c"]
    assert histories.starts.tolist() == [0, 1, 3]
    assert histories.items.tolist() == [2, 0, 1]
    assert histories.times.tolist() == [20, 10, 30]
    assert histories.ages.tolist() == [0, 1, 0]
    assert histories.of(1).tolist() == [0, 1]


def test_order_of_rows_and_way_of_storage_mean_nothing() -> None:
    random = np.random.default_rng(3)
    rows = [[f"{prefix}{each}" for each in random.integers(0, 30, 500)] for prefix in "ui"]
    table = interactions(*rows, random.integers(0, 5, 500).tolist())  # five timestamps: nearly all are ties
    shuffled = table.take(random.permutation(500))
    chunked = pa.concat_tables([shuffled.slice(0, 100), shuffled.slice(100)])
    categorical = chunked.set_column(1, "ITEM_ID", chunked["ITEM_ID"].dictionary_encode())
    assert all(same(encode(table), encode(other)) for other in (shuffled, chunked, categorical))


def test_ties_in_time_have_another_order_for_another_user() -> None:
    items = [f"i{item}" for item in range(8)]
    histories = encode(interactions(["u1"] * 8 + ["u2"] * 8, items * 2, [7] * 16))
    assert sorted(histories.of(0)) == sorted(histories.of(1)) == list(range(8))
    assert histories.of(0).tolist() != histories.of(1).tolist()


def test_known_items_keep_their_numbers() -> None:
    histories = encode(interactions(["u"] * 3, ["a", "m", "z"], [1, 2, 3]), known_items=["m", "gone"])
    assert histories.item_ids == ["m", "gone", "a", "z"]
    assert histories.items.tolist() == [2, 0, 3]


def test_values_of_a_dictionary_that_no_row_has_are_left_out() -> None:
    table = interactions(["u", "v"], ["a", "b"], [1, 2])
    table = table.set_column(0, "USER_ID", table["USER_ID"].dictionary_encode()).slice(1)
    assert encode(table).user_ids == ["v"]


def test_no_rows_at_all() -> None:
    histories = encode(interactions(["u"], ["a"], [1]).slice(1))
    assert (histories.user_ids, histories.item_ids, histories.starts.tolist()) == ([], [], [0])


def test_newer_events_follow_older_ones() -> None:
    """In whatever parts the events come, and whoever is new in them, the histories are those of all at once."""
    random = np.random.default_rng(4)
    rows = [[f"{prefix}{each}" for each in random.integers(0, 40, 600)] for prefix in "ui"]
    table = interactions(*rows, random.integers(0, 50, 600).tolist())
    older = encode(table.slice(0, 300))
    newer = encode(table.slice(300), known_items=older.item_ids, known_users=older.user_ids)
    both, whole = followed(older, newer), encode(table)
    assert sorted(both.user_ids) == whole.user_ids
    for user, user_id in enumerate(both.user_ids):
        same = whole.user_ids.index(user_id)
        assert [both.item_ids[item] for item in both.of(user)] == [whole.item_ids[item] for item in whole.of(same)]
        times = whole.times[whole.starts[same] : whole.starts[same + 1]]
        assert both.times[both.starts[user] : both.starts[user + 1]].tolist() == times.tolist()


def test_nothing_newer_changes_nothing() -> None:
    older = encode(interactions(["u", "v"], ["a", "b"], [1, 2]))
    none = interactions(["u"], ["a"], [1]).slice(1)
    newer = encode(none, known_items=older.item_ids, known_users=older.user_ids)
    assert same(followed(older, newer), older)


def test_whole_users_are_drawn_until_there_are_enough_events() -> None:
    """20 users of 5 events each: 12 of them have fewer than 61 events, and fewer than 65."""
    users = [f"u{user}" for user in range(20) for _ in range(5)]
    histories = encode(interactions(users, list("abcde") * 20, list(range(100))))
    for most in (61, 65):
        drawn = histories.drawn(most, seed=1)
        assert sorted(drawn.lengths) == [0] * 8 + [5] * 12
        assert (drawn.user_ids, drawn.item_ids) == (histories.user_ids, histories.item_ids)
    assert same(histories.drawn(61, seed=1), histories.drawn(61, seed=1))
    assert not same(histories.drawn(61, seed=1), histories.drawn(61, seed=2))
    assert histories.drawn(100, seed=1) is histories


def test_values_of_one_user_and_item_are_summed_and_the_order_of_events_stays() -> None:
    histories = encode(interactions(["u"] * 3 + ["v"], ["b", "a", "b", "b"], [1, 2, 3, 4]))
    summed = histories.summed(np.array([1.0, 2.0, 4.0, 8.0]))
    assert summed.toarray().tolist() == [[2.0, 5.0], [0.0, 8.0]]
    assert histories.items.tolist() == [1, 0, 1, 1]
    assert histories.starts.tolist() == [0, 3, 4]
