import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from include.local_personalize.engine.personalization.strongest import item_of, key, make_room, strength_of, strongest

STRENGTHS = st.lists(st.floats(0, 2**20, width=32), min_size=1, max_size=60)


@settings(deadline=None)  # the first example waits for the compiler
@given(STRENGTHS, st.integers(1, 60))
def test_strongest_are_those_of_a_stable_sort(strengths: list[float], most: int) -> None:
    keys = np.array([key(strength, item) for item, strength in enumerate(strengths)])
    expected = sorted(range(len(strengths)), key=lambda item: -strengths[item])[:most]
    found = strongest(keys, most)
    assert [item_of(each) for each in found] == expected
    assert [strength_of(each) for each in found] == [np.float32(strengths[item]) for item in expected]


@settings(deadline=None)  # the first example waits for the compiler
@given(st.lists(st.floats(0, 100, width=32), min_size=5, max_size=60))
def test_making_room_keeps_the_strongest(strengths: list[float]) -> None:
    keys = np.array([key(strength, item) for item, strength in enumerate(strengths)])
    expected = strongest(keys.copy(), 5)
    assert make_room(keys, 5) == expected[-1]
    assert sorted(keys[:5]) == sorted(expected)
