"""The pace of sending, by the clock on the wall."""

import time

from include.datasets.events.pace import Pace


def test_no_more_events_a_second_than_allowed_and_nothing_saved_up() -> None:
    pace = Pace(100)
    time.sleep(0.1)  # in which ten might have been sent
    begin = time.monotonic()

    for _ in range(4):
        pace.keep(10)

    # Three pauses of 10 / 100 s: the first call is free.
    assert 0.3 <= time.monotonic() - begin < 0.6
