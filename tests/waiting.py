"""Waiting in tests: for something to come true, and not a moment longer."""

import time
from collections.abc import Callable


def until(true: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Wait until it is true; fails with `what` after the seconds."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)
