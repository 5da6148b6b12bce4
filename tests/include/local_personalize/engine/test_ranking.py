import numpy as np
import pytest

from include.local_personalize.engine.ranking import best


@pytest.mark.parametrize("count", [1, 3, 4, 9])
def test_best_is_the_beginning_of_the_whole_order(count: int) -> None:
    logits = np.array([1.0, 3.0, -np.inf, 3.0, 2.0])
    assert best(logits, count).tolist() == [1, 3, 4, 0][:count]


def test_of_equals_the_first_in_place_comes_first() -> None:
    assert best(np.zeros(100), 5).tolist() == [0, 1, 2, 3, 4]
