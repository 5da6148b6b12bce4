"""Work on all cores at once, in ranges with about as much to do."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

RANGES_A_CORE = 8


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
