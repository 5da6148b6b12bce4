"""A pace that is never exceeded."""

import time


class Pace:
    """So many events a second; time in which nothing was sent is not saved up."""

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._next = time.monotonic()

    def keep(self, events: int) -> None:
        """Wait until this many events may be sent."""
        now = time.monotonic()
        turn = max(self._next, now)
        self._next = turn + events / self._per_second
        time.sleep(turn - now)
