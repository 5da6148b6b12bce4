"""Which training a run pays for."""

from datetime import UTC, datetime, timedelta

import pytest

from include.config import Cadence
from include.training.cadence import CadenceError, Situation, choose
from include.training.lineage import Version

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
WEEKLY = Cadence(full_every_days=7, update_between=True)
FULL_ONLY = Cadence(full_every_days=7, update_between=False)
HOURLY = Cadence(full_every_days=7, update_between=True, update_every_hours=1)
SLOWLY = Cadence(full_every_days=7, update_between=True, update_every_hours=6)


def full(age_days: float, status: str = "ACTIVE", name: str = "a", mode: str = "FULL") -> Version:
    return Version(f"arn:x:solution/s/{name}", mode, status, NOW - timedelta(days=age_days))


def update(age_hours: float, name: str = "u") -> Version:
    return full(age_hours / 24, name=name, mode="UPDATE")


def situation(
    *history: Version, requested: str = "AUTO", clock: str | None = None, champion: Version | None = None
) -> Situation:
    """Versions come oldest first; the first one serves."""
    champion = champion or (history[0] if history else None)
    return Situation(requested, clock, NOW, history, champion.arn if champion else None)


@pytest.mark.parametrize(
    ("cadence", "given", "mode"),
    [
        (WEEKLY, situation(), "FULL"),
        (WEEKLY, situation(full(1, "CREATE FAILED")), "FULL"),
        (WEEKLY, situation(full(1)), "UPDATE"),
        (WEEKLY, situation(full(7)), "UPDATE"),  # exactly the allowed age
        (WEEKLY, situation(full(7.01)), "FULL"),
        (WEEKLY, situation(full(1), clock="FULL"), "FULL"),
        (WEEKLY, situation(full(1), requested="FULL"), "FULL"),
        (WEEKLY, situation(full(30), requested="UPDATE"), "UPDATE"),
        (FULL_ONLY, situation(full(1)), None),
        (FULL_ONLY, situation(full(8)), "FULL"),
        # The newest FULL was blocked: an UPDATE would build on it.
        (WEEKLY, situation(full(6, name="old"), full(1, name="blocked")), None),
        # The last FULL failed: the next import tries again, the clock of UPDATEs does not.
        (WEEKLY, situation(full(3, name="old"), full(1, "CREATE FAILED", "b")), "FULL"),
        (FULL_ONLY, situation(full(3, name="old"), full(1, "CREATE STOPPED", "b")), "FULL"),
        (WEEKLY, situation(full(3, "CREATE FAILED", "b"), full(1, name="new"), champion=full(1, name="new")), "UPDATE"),
        (HOURLY, situation(full(3, name="old"), full(1, "CREATE FAILED", "b"), clock="UPDATE"), "UPDATE"),
        # The hour of an UPDATE.
        (HOURLY, situation(clock="UPDATE"), None),
        (WEEKLY, situation(full(1), clock="UPDATE"), None),
        (HOURLY, situation(full(1), clock="UPDATE"), "UPDATE"),
        (HOURLY, situation(full(1), update(0.98), clock="UPDATE"), "UPDATE"),  # begun a minute after its own hour
        (SLOWLY, situation(full(1), update(4.9), clock="UPDATE"), None),
        (SLOWLY, situation(full(1), update(5.9), clock="UPDATE"), "UPDATE"),
        (SLOWLY, situation(full(1), update(4.9)), None),  # an import
        (SLOWLY, situation(full(0.1)), None),  # nothing can be new to speak of
        (HOURLY, situation(full(7.01), update(1), clock="UPDATE"), "FULL"),  # Airflow was down when the FULL was due
        (HOURLY, situation(full(9), full(7.01, "CREATE FAILED", "b"), clock="UPDATE"), "FULL"),
        (HOURLY, situation(full(9), full(0.04, "CREATE FAILED", "b"), clock="UPDATE"), "UPDATE"),
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
