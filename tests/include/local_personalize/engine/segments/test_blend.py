import numpy as np
import pytest

from include.local_personalize.engine.segments.blend import Blend, recall


def test_scores_are_the_weighed_sum_of_the_signals() -> None:
    signals = np.array([[1, 0, -1], [2, 0, 0], [0, 1, 1]], np.float32)
    assert Blend(taste=0.5, had=-2.0).scores(signals).tolist() == [2, -2, -3]


@pytest.mark.parametrize(
    ("scores", "relevant", "share"),
    [
        ([3, 2, 1, 0], [0, 1], 1),
        ([3, 2, 1, 0], [1, 3], 1 / 2),
        ([3, 2, 1, 0], [2, 3], 0),
        ([3, 1, 1, 1], [0, 1], (1 + 1 / 3) / 2),  # one of three equals is among the first two
        ([1, 1, 1, 1], [2], 2 / 4),
    ],
)
def test_recall_does_not_depend_on_the_order_of_equals(scores: list[int], relevant: list[int], share: float) -> None:
    assert recall(np.array(scores, np.float32), np.array(relevant), size=2) == pytest.approx(share)
