"""What is told of a move that does not stand names whose campaign it was, and what to do about that one."""

import pytest

from include.training.probe_move import Move
from include.training.probe_told import outcome
from include.training.role import Role


@pytest.mark.parametrize(
    ("previous", "serving", "what"),
    [
        ("old", "old", "challenger rolled back"),
        ("old", "new", "CHALLENGER'S ROLL-BACK FAILED"),
        (None, "new", "challenger failed, nothing to go back to"),
        ("new", "new", "challenger failed, nothing to go back to"),
    ],
)
def test_a_challengers_end_sends_nobody_to_the_champions_form(previous: str | None, serving: str, what: str) -> None:
    move = Move("run", "campaign", "new", "to see", previous, failure="The probe failed.")

    told = outcome("shop", "s", Role.CHALLENGER, move, {"solutionVersionArn": serving, "status": "ACTIVE"})

    assert told.subject == f"[airflow] shop: {what} (s)"
    assert f"What serves now as the challenger: {serving}" in told.text
    assert "trigger shop.challenge_champion" in told.text
    assert "promote_solution_version" not in told.text
    # The way to be rid of it is told wherever users of the challenger's campaign may see what failed.
    assert ("`none`, which deletes the challenger's campaign" in told.text) is not told.rolled_back
