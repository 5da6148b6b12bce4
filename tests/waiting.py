"""Waiting in tests: for something to come true, and not a moment longer."""

import time
from collections.abc import Callable
from typing import Any


def until(probe: Callable[[], Any], what: str, seconds: float = 60) -> Any:
    """The first truthy result of probe; fails naming what did not come true."""
    give_up = time.monotonic() + seconds
    while not (result := probe()):
        assert time.monotonic() < give_up, f"within {seconds} s not so: {what}"
        time.sleep(0.02)
    return result
