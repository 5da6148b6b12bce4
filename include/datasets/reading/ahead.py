"""Work done ahead of the reader, in order and in bounded memory."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

WORKERS = 2
AHEAD = 4  # items that are in work, or done and not asked for yet

Item = TypeVar("Item")
Result = TypeVar("Result")


def submitted(
    pool: ThreadPoolExecutor, work: Callable[[Item], Result], items: Iterable[Item]
) -> Iterator[tuple[Item, Future[Result]]]:
    """Yield each item with its work, which threads of the pool have begun: Arrow and zlib let others run meanwhile."""
    ahead: deque[tuple[Item, Future[Result]]] = deque()
    for item in items:
        ahead.append((item, pool.submit(work, item)))
        if len(ahead) == AHEAD:
            yield ahead.popleft()
    yield from ahead
