import math

import numpy as np
import pytest

from include.local_personalize.engine.personalization.blend_search import calibrated

NEVER = -math.inf


@pytest.mark.parametrize(
    ("chances", "shares", "offsets"),
    [
        # A quarter of the hidden items instead of half: odds of 1 to 3.
        ([0.5, 0.5, 0, 0], [15, 5, 0, 0], [0, -math.log(3)] + [-math.log(3)] * 2),
        ([0.8, 0.2, 0, 0], [10, 10, 0, 0], [0] + [math.log(4)] * 3),
        ([0.4, 0.2, 0.4, 0], [12, 8, 0, 0], [0, math.log((8 / 12) * (0.4 / 0.2)), NEVER, NEVER]),
        ([0.9, 0.1, 0, 0], [20, 0, 0, 0], [0, NEVER, NEVER, NEVER]),
        ([1, 0, 0, 0], [20, 0, 0, 0], [0, NEVER, NEVER, NEVER]),
        # Nothing new was there to be had: repeats are as good as new.
        ([0, 0, 0, 1], [0, 0, 0, 20], [0, 0, 0, 0]),
    ],
)
def test_offsets_make_chances_equal_shares(chances: list[float], shares: list[float], offsets: list[float]) -> None:
    found = calibrated(np.array([chances, chances]), np.array(shares, float), np.array([10, 10]))
    assert found == pytest.approx(tuple(offsets))


def test_new_items_stay_possible_where_all_hidden_ones_are_repeats() -> None:
    """Half a hit against 20."""
    found = calibrated(np.array([[0.5, 0.5, 0, 0]]), np.array([0.0, 20, 0, 0]), np.array([20]))
    assert found[1] == pytest.approx(math.log(40))


def test_users_differ_in_what_they_have_had() -> None:
    """Chances after calibration, summed over users in proportion to their hidden items, are the shares."""
    chances, sizes = np.array([[0.9, 0.1, 0, 0], [0.3, 0.2, 0.5, 0]]), np.array([5, 10])
    shares = np.array([9.0, 4, 2, 0])
    weighted = chances * np.exp(calibrated(chances, shares, sizes))
    assert sizes @ (weighted / weighted.sum(axis=1, keepdims=True)) == pytest.approx(shares, rel=1e-3)
