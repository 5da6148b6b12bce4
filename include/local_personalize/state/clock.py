"""The service's clock: real time plus an offset that can be set while it runs, to live through weeks in a test."""

import time

SECONDS_A_DAY = 86_400


class Clock:
    def __init__(self, offset_days: float = 0.0) -> None:
        self.offset_days = offset_days

    def now(self) -> float:
        """Epoch seconds with milliseconds, as Amazon's time stamps have."""
        return round(time.time() + self.offset_days * SECONDS_A_DAY, 3)
