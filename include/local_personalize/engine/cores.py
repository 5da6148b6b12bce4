"""Work on all cores at once, in ranges with about as much to do, or in parts of one size."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice
from typing import TypeVar

import numpy as np
import numpy.typing as npt

RANGES_A_CORE = 8

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")


def on_all_cores(work: Callable[[int, int], object], starts: npt.NDArray[np.int64]) -> None:
    """Call ``work(first, last)`` for ranges that together are all groups, from threads: it should release the GIL.

    Group g has the events from ``starts[g]`` to ``starts[g + 1]``. What is computed must not depend on the ranges,
    which differ from machine to machine.
    """
    cores = os.cpu_count() or 1
    targets = np.linspace(0, starts[-1], cores * RANGES_A_CORE + 1)[1:-1]
    bounds = [0, *np.searchsorted(starts[1:], targets).tolist(), len(starts) - 1]
    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(work, bounds[:-1], bounds[1:]))


def in_parts(
    work: Callable[[Sequence[Asked]], list[Answered]], everything: Sequence[Asked], at_once: int
) -> Iterator[Answered]:
    """What ``work`` gives for everything, in order: it is called from threads with parts of ``at_once`` at the most."""
    parts = (everything[first : first + at_once] for first in range(0, len(everything), at_once))
    cores = os.cpu_count() or 1
    with ThreadPoolExecutor(cores) as pool:
        # Only as many parts as threads at a time: the pool would otherwise finish all before the first is taken.
        while some := list(islice(parts, cores)):
            yield from chain.from_iterable(pool.map(work, some))
