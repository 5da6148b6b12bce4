import pytest

from include.local_personalize.engine.histories import encode
from include.local_personalize.engine.personalization import transitions
from tests.include.local_personalize.engine.shops import interactions

# u1: a b c; u2: a c. So b follows a once, next; c follows a at distance 2 and at distance 1; c follows b once.
TABLE = interactions(["u1"] * 3 + ["u2"] * 2, ["a", "b", "c", "a", "c"], [1, 2, 3, 1, 2])
A_TO_B = 1 / (2**0.7 * 1**0.4 + 5)
A_TO_C = (2**-0.75 + 1) / (2**0.7 * 2**0.4 + 5)
B_TO_C = 1 / (1**0.7 * 2**0.4 + 5)


def test_weights_of_a_small_example() -> None:
    fitted = transitions.fit(encode(TABLE))
    assert fitted.neighbours.tolist() == [[2, 1, -1], [2, -1, -1], [-1, -1, -1]]
    assert fitted.weights[0, :2] == pytest.approx([A_TO_C, A_TO_B])
    assert fitted.weights[1, 0] == pytest.approx(B_TO_C)


def test_transitions_do_not_reach_from_user_to_user() -> None:
    fitted = transitions.fit(encode(interactions(["u1", "u2"], ["a", "b"], [1, 2])))
    assert (fitted.neighbours == -1).all()


def test_far_more_followers_than_neighbours_are_kept() -> None:
    """Each of 1,000 items follows the first one once; those that the fewest events have weigh most."""
    users = [f"u{user:04}" for user in range(1000) for _ in range(2)]
    items = [item for user in range(1000) for item in ("a", f"i{user:04}")]
    often = [f"i{item:04}" for item in range(0, 1000, 2)]
    histories = encode(interactions([*users, *often], [*items, *often], [*[1, 2] * 1000, *[0] * 500]))
    nearest = transitions.fit(histories).neighbours[histories.item_ids.index("a")]
    assert [histories.item_ids[item] for item in nearest] == [f"i{item:04}" for item in range(1, 400, 2)]
