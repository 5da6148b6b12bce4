import os
import threading
from collections.abc import Sequence
from itertools import islice

import numpy as np
import pytest

from include.local_personalize.engine.cores import in_parts, on_all_cores


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
    with pytest.raises(ZeroDivisionError):
        list(in_parts(lambda part: [1 // each for each in part], [1, 0], 1))


def halved(part: Sequence[int]) -> list[float]:
    return [each / 2 for each in part]


@pytest.mark.parametrize("count", [0, 1, 3, 100])
@pytest.mark.parametrize("at_once", [1, 3, 1000])
def test_parts_come_back_in_order(count: int, at_once: int) -> None:
    assert list(in_parts(halved, range(count), at_once)) == [each / 2 for each in range(count)]


def test_parts_that_nobody_takes_are_not_worked_on() -> None:
    parts: list[Sequence[int]] = []

    def work(part: Sequence[int]) -> list[int]:
        parts.append(part)
        return list(part)

    assert list(islice(in_parts(work, range(10_000), 10), 5)) == list(range(5))
    assert 1 <= len(parts) <= (os.cpu_count() or 1)
    assert all(len(part) == 10 for part in parts)
