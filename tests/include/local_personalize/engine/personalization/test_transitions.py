import numpy as np
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


def test_scores_weigh_the_newest_event_most() -> None:
    histories = encode(interactions(["u"] * 2, ["a", "b"], [1, 2]), known_items=["a", "b", "c"])
    fitted = transitions.fit(encode(TABLE))

    def scored(newest_events: int, fading: bool) -> list[float]:
        recency = transitions.recency(newest_events, fading)
        rows = transitions.scores(
            np.array([0]), histories.starts, histories.items, recency, fitted.neighbours, fitted.weights
        )
        return rows[0].tolist()

    assert scored(1, fading=True) == pytest.approx([0, 0, B_TO_C])
    assert scored(2, fading=True) == pytest.approx([0, 2**-0.6 * A_TO_B, B_TO_C + 2**-0.6 * A_TO_C])
    assert scored(2, fading=False) == pytest.approx([0, A_TO_B, B_TO_C + A_TO_C])


def test_transitions_do_not_reach_from_user_to_user() -> None:
    fitted = transitions.fit(encode(interactions(["u1", "u2"], ["a", "b"], [1, 2])))
    assert (fitted.neighbours == -1).all()


def test_items_unknown_to_the_weights_are_passed_over() -> None:
    fitted = transitions.fit(encode(TABLE))
    histories = encode(interactions(["u"] * 2, ["b", "new"], [1, 2]), known_items=["a", "b", "c"])
    recency = transitions.recency(2, fading=False)
    rows = transitions.scores(
        np.array([0]), histories.starts, histories.items, recency, fitted.neighbours, fitted.weights
    )
    assert rows[0] == pytest.approx([0, 0, B_TO_C])
