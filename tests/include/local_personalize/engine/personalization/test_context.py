"""What a request's context adds: known by construction."""

import numpy as np
import pytest

from include.local_personalize.engine.personalization.context import Context, fit_column, restored, saved

TV, PHONE = 0, 1


def events(seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """2,000 events of 10 items: on the TV even ones four times out of five, on the phone odd ones."""
    random = np.random.default_rng(seed)
    codes = random.integers(0, 2, 2_000).astype(np.int32)
    follows = random.random(2_000) < 0.8
    parity = np.where(follows, codes, 1 - codes)
    return codes, (2 * random.integers(0, 5, 2_000) + parity).astype(np.int32)


def test_a_value_lifts_what_is_used_under_it() -> None:
    column = fit_column(["tv", "phone"], *events(), item_count=10)
    assert column is not None
    added = column.of("tv")
    assert added is not None
    # An even item has 4/5 of its events on the TV and half of all events are there: a chance of 1.6 its share.
    assert added[::2] == pytest.approx(np.log(1.6), abs=0.15)
    assert added[1::2] == pytest.approx(np.log(0.4), abs=0.25)


def test_a_column_that_says_nothing_is_left_out() -> None:
    _, items = events()
    codes = np.random.default_rng(2).integers(0, 40, len(items)).astype(np.int32)
    assert fit_column([str(value) for value in range(40)], codes, items, item_count=10) is None


def test_a_value_that_training_did_not_see_adds_nothing() -> None:
    column = fit_column(["tv", "phone"], *events(), item_count=10)
    assert column is not None
    context = Context({"DEVICE": column})
    assert context.added({"DEVICE": "fridge"}) is None
    assert context.added({"PLACE": "home"}) is None


def test_two_columns_add_up() -> None:
    column = fit_column(["tv", "phone"], *events(), item_count=10)
    assert column is not None
    added = Context({"DEVICE": column, "SCREEN": column}).added({"DEVICE": "tv", "SCREEN": "tv"})
    assert added == pytest.approx(2 * column.of("tv"))


def test_what_was_saved_adds_the_same() -> None:
    column = fit_column(["tv", "phone"], *events(), item_count=10)
    assert column is not None
    context = Context({"DEVICE": column})
    again = restored(*saved(context), item_count=10)
    for value in ("tv", "phone"):
        assert np.array_equal(again.added({"DEVICE": value}), context.added({"DEVICE": value}))
