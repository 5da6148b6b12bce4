"""Where promoted items go."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.local_personalize.serving import promotions


@pytest.mark.parametrize(("percent", "count", "expected"), [(20, 10, 2), (10, 25, 3), (1, 25, 0), (100, 7, 7)])
def test_a_share_of_the_places(percent, count, expected):
    assert promotions.places(percent, count) == expected


def rows(*ids):
    return [{"itemId": each} for each in ids]


@given(st.randoms(use_true_random=False), st.integers(0, 4))
def test_both_keep_their_order_and_no_item_comes_twice(order, promoted_count):
    promoted = rows("c", "x", "y", "z")[:promoted_count]
    mixed = promotions.mixed(rows("a", "b", "c", "d", "e"), promoted, 5, order)
    chosen = [item["itemId"] for item in promoted]
    others = [each for each in "abcde" if each not in chosen][: 5 - promoted_count]
    assert len(mixed) == 5
    assert [item["itemId"] for item in mixed if item in promoted] == chosen
    assert [item["itemId"] for item in mixed if item not in promoted] == others


def test_places_differ_from_request_to_request():
    recommended, promoted = rows(*"abcdefgh"), rows("x")
    seen = {str(promotions.mixed(recommended, promoted, 8, random.Random(seed))) for seed in range(50)}
    assert len(seen) == 8


def test_few_items_are_all_there():
    assert promotions.mixed([], rows("x", "y"), 10, random.Random(0)) == rows("x", "y")
