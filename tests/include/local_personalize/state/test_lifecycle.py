"""States as a function of time and outcome."""

import dataclasses

import pytest

from include.local_personalize.state.lifecycle import ACTIVE, CREATE_FAILED, CREATE_STOPPED, Delays, Lifecycle

DELAYS = Delays(pending_seconds=10, in_progress_seconds=10)
PLAIN = Lifecycle.begin("CREATE", 0, DELAYS)
WORK = Lifecycle.begin("CREATE", 0, DELAYS, has_work=True)


@pytest.mark.parametrize(
    ("life", "statuses"),
    [
        (PLAIN, ["CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"]),
        (Lifecycle.begin("DELETE", 0, DELAYS), ["DELETE PENDING", "DELETE IN_PROGRESS", "ACTIVE"]),
        (WORK, ["CREATE PENDING"] * 3),
        (dataclasses.replace(WORK, started=True), ["CREATE PENDING", "CREATE IN_PROGRESS", "CREATE IN_PROGRESS"]),
        (dataclasses.replace(WORK, started=True, outcome=ACTIVE), ["CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"]),
        (
            dataclasses.replace(WORK, started=True, outcome=CREATE_FAILED),
            ["CREATE PENDING", "CREATE IN_PROGRESS", "CREATE FAILED"],
        ),
        (dataclasses.replace(WORK, phase="CANCEL", started=True), ["CREATE STOPPING"] * 3),
        (dataclasses.replace(WORK, phase="CANCEL", outcome=CREATE_STOPPED), ["CREATE STOPPED"] * 3),
    ],
)
def test_status_before_between_and_after_the_delays(life, statuses):
    assert [life.status(now) for now in (5, 15, 20)] == statuses


def test_without_delays_everything_is_settled_at_once():
    assert Lifecycle.begin("CREATE", 0, Delays()).status(0) == ACTIVE
