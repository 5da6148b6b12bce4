import threading

import numpy as np
import pytest

from include.local_personalize.engine.cores import on_all_cores


@pytest.mark.parametrize("lengths", [[], [0], [5], [0, 0, 0], [1] * 100, [0, 1_000_000, 0, 1], range(50)])
def test_every_group_is_worked_on_once(lengths: list[int]) -> None:
    starts = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    counts, lock = np.zeros(len(lengths), int), threading.Lock()

    def work(first: int, last: int) -> None:
        with lock:
            counts[first:last] += 1

    on_all_cores(work, starts)
    assert (counts == 1).all()


def test_what_fails_in_a_thread_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        on_all_cores(lambda first, _: 1 // (first - first), np.array([0, 1]))
