"""Which training a run pays for."""

from datetime import UTC, datetime, timedelta

import pytest

from include.config import Cadence
from include.training.cadence import CadenceError, Situation, choose
from include.training.lineage import Version

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
WEEKLY = Cadence(full_every_days=7, update_between=True)
FULL_ONLY = Cadence(full_every_days=7, update_between=False)


def full(age_days: float, status: str = "ACTIVE", name: str = "a") -> Version:
    return Version(f"arn:x:solution/s/{name}", "FULL", status, NOW - timedelta(days=age_days))


def situation(*history: Version, requested: str = "AUTO", by_clock: bool = False, champion: Version | None = None):
    champion = champion or (history[0] if history else None)
    return Situation(requested, by_clock, NOW, history, champion.arn if champion else None)


@pytest.mark.parametrize(
    ("cadence", "given", "mode"),
    [
        (WEEKLY, situation(), "FULL"),
        (WEEKLY, situation(full(1, "CREATE FAILED")), "FULL"),
        (WEEKLY, situation(full(1)), "UPDATE"),
        (WEEKLY, situation(full(7)), "UPDATE"),  # exactly the allowed age
        (WEEKLY, situation(full(7.01)), "FULL"),
        (WEEKLY, situation(full(1), by_clock=True), "FULL"),
        (WEEKLY, situation(full(1), requested="FULL"), "FULL"),
        (WEEKLY, situation(full(30), requested="UPDATE"), "UPDATE"),
        (FULL_ONLY, situation(full(1)), None),
        (FULL_ONLY, situation(full(8)), "FULL"),
        # The newest FULL was blocked: an UPDATE would build on it.
        (WEEKLY, situation(full(6, name="old"), full(1, name="blocked")), None),
    ],
)
def test_choose(cadence: Cadence, given: Situation, mode: str | None) -> None:
    training = choose(cadence, given)

    assert training.mode == mode
    assert training.reason.endswith(".")


@pytest.mark.parametrize(
    ("cadence", "given", "remedy"),
    [
        (WEEKLY, situation(requested="UPDATE"), "no ACTIVE FULL version"),
        (FULL_ONLY, situation(full(1), requested="UPDATE"), "cadence.update_between"),
    ],
)
def test_an_update_that_cannot_be_done_is_refused(cadence: Cadence, given: Situation, remedy: str) -> None:
    with pytest.raises(CadenceError, match=remedy):
        choose(cadence, given)
