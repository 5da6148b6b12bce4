"""Answers that take their time: read once for all who ask, kept for a while, and waited for only so long."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class StillReadingError(Exception):
    """The answer is not there yet; the reading goes on, and who asks again will find it."""


class Kept(Generic[Answer]):
    """Answers by key, each kept for `seconds`; `patience` is how long one who asks waits, in seconds."""

    def __init__(self, seconds: float, patience: float) -> None:
        self._seconds, self._patience = seconds, patience
        self._lock, self._pool = Lock(), ThreadPoolExecutor(4, thread_name_prefix="kept")
        self._answers: dict[str, tuple[float, Future[Answer]]] = {}

    def get(self, key: str, read: Callable[[], Answer]) -> Answer:
        """Get the answer of a key, by `read` where none is kept.

        Raises StillReadingError when patience ends, and whatever `read` raises; a failure is not kept.
        """
        future = self._future(key, read)
        try:
            return future.result(self._patience)
        except TimeoutError:
            if future.done():
                raise
            raise StillReadingError(f"No answer within {self._patience:g} seconds; the reading goes on.") from None

    def _future(self, key: str, read: Callable[[], Answer]) -> Future[Answer]:
        with self._lock:
            if key in self._answers:
                begun, future = self._answers[key]
                is_fresh = time.monotonic() - begun < self._seconds and not (future.done() and future.exception())
                if is_fresh or not future.done():
                    return future
            self._answers[key] = (time.monotonic(), self._pool.submit(read))
            return self._answers[key][1]
