"""Answers held against what users did later, and how the judgement is told."""

from datetime import UTC, datetime

from include.config import Backtest
from include.training.backtest import judging
from include.training.judgement import table
from include.training.judgement.verdict import as_tags

RULES = Backtest(users=200, least_users=100, metric="mean_reciprocal_rank_at_25", allowed_loss=0.02)
USERS = [f"u{number}" for number in range(120)]
LATER = {user: {"wanted"} for user in USERS}
FIRST, SECOND = ["wanted", "other"], ["other", "wanted"]


def test_each_user_counts_by_what_either_version_answered() -> None:
    champion = dict.fromkeys(USERS, FIRST)
    challenger = {**dict.fromkeys(USERS[:60], FIRST), **dict.fromkeys(USERS[60:], SECOND)}

    paired = judging.compare(RULES, champion, challenger, LATER, 0.02)

    assert (paired.users, paired.champion, paired.challenger) == (120, 1.0, 0.75)  # (60 * 1 + 60 * 1/2) / 120
    assert not paired.passed
    assert "fell by 25.0%, from 1.0000 to 0.7500" in paired.reason


def test_no_answer_is_worth_nothing_and_is_told() -> None:
    champion, challenger = dict.fromkeys(USERS, FIRST), dict.fromkeys(USERS[:90], FIRST)

    paired = judging.compare(RULES, champion, challenger, LATER, 0.02)

    assert paired.challenger == 0.75  # 90 of 120
    assert judging.unanswered(champion, challenger, LATER) == [
        "30 of 120 users who came back have no answer of this version; they count 0."
    ]
    assert judging.unanswered(champion, champion, LATER) == []


def test_who_did_not_come_back_does_not_count() -> None:
    answers = dict.fromkeys([*USERS, "gone"], FIRST)

    assert judging.compare(RULES, answers, answers, LATER, 0.02).users == 120


def test_a_block_is_told_like_the_gates_and_takes_its_record_over() -> None:
    champion, challenger = dict.fromkeys(USERS, FIRST), dict.fromkeys(USERS, SECOND)
    paired = judging.compare(RULES, champion, challenger, LATER, 0.02)

    verdict = judging.as_verdict(paired, ["odd"])
    record = judging.in_record({"passed": True, "reason": "Passed: by the gate.", "champion_arn": "arn"}, paired)

    text = table.as_text(verdict)
    assert text.startswith(paired.reason[:100])
    assert "-50.0%" in text
    assert "Warning: odd" in text
    assert as_tags(verdict, datetime.now(UTC))[0] == {"tagKey": "verdict", "tagValue": "blocked"}
    assert (record["passed"], record["reason"], record["champion_arn"]) == (False, paired.reason, "arn")
    assert record["backtest"]["interval"]["change"] == -0.5


def test_a_pass_leaves_the_gates_reason() -> None:
    answers = dict.fromkeys(USERS, FIRST)
    paired = judging.compare(RULES, answers, answers, LATER, 0.02)

    record = judging.in_record({"passed": True, "reason": "Passed: by the gate."}, paired)

    assert (record["passed"], record["reason"]) == (True, "Passed: by the gate.")
    assert record["backtest"]["passed"] is True
    assert judging.as_verdict(paired).numbers[0].change == 0
