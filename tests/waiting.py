"""Waiting in tests: for something to come true, and not a moment longer."""

import time
from collections.abc import Callable
from typing import Any

FIRST_PAUSE = 0.02


def until(probe: Callable[[], Any], what: str, seconds: float = 60, longest_pause: float = FIRST_PAUSE) -> Any:
    """The first truthy result of probe, asked at pauses that double up to the longest; fails naming what it was."""
    give_up = time.monotonic() + seconds
    pause = FIRST_PAUSE
    while not (result := probe()):
        assert time.monotonic() < give_up, f"within {seconds} s not so: {what}"
        time.sleep(pause)
        pause = min(2 * pause, longest_pause)
    return result
