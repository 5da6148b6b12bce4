"""Answers of champion and challenger, judged by what the same users did later."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from include.config import Backtest
from include.training.backtest.metrics import per_user
from include.training.backtest.paired import PairedVerdict, judge
from include.training.judgement.verdict import Numbers, Verdict

Answers = Mapping[str, Sequence[str]]


def compare(
    rules: Backtest,
    champion: Answers,
    challenger: Answers,
    later: Mapping[str, Collection[str]],
    false_block_rate: float,
) -> PairedVerdict:
    """Judge by the users who came back: `later` has their items, the answers have items by user, best first.

    A user for whom a version has no answer got nothing from it, which is worth 0.
    """
    users = sorted(later)
    values = [
        per_user(rules.metric, [answers.get(user, ()) for user in users], [later[user] for user in users])
        for answers in (champion, challenger)
    ]
    return judge(*values, metric=rules.metric, allowed_loss=rules.allowed_loss, false_block_rate=false_block_rate)


def unanswered(champion: Answers, challenger: Answers, later: Collection[str]) -> list[str]:
    """A warning for each version that has no answer for users who came back."""
    return [
        f"{missing:,} of {len(later):,} users who came back have no answer of {whose}; they count 0."
        for whose, answers in (("the champion", champion), ("this version", challenger))
        if (missing := sum(user not in answers for user in later))
    ]


def as_verdict(paired: PairedVerdict, warnings: Sequence[str] = ()) -> Verdict:
    """The judgement as the gate tells its own: for the log, the mail and the tags."""
    numbers = Numbers(
        metric=paired.metric,
        challenger=paired.challenger,
        champion=paired.champion,
        usual=None,
        best=None,
        change=paired.interval.change if paired.interval else None,
        allowed=paired.allowed_loss if paired.interval else None,
        threshold=None,  # it is the interval that decides
        learnt="backtest",
    )
    return Verdict(
        passed=paired.passed,
        reason=paired.reason,
        metrics={paired.metric: paired.challenger},
        champion_metrics={paired.metric: paired.champion},
        numbers=[numbers],
        resolution=paired.resolution,
        smallest_drop=paired.smallest_loss,
        warnings=warnings,
    )


def in_record(record: Mapping[str, Any], paired: PairedVerdict) -> dict[str, Any]:
    """The record of the gate's verdict on a version, with the backtest's, which blocks what the gate has passed."""
    if paired.passed:
        return {**record, "backtest": asdict(paired)}
    return {**record, "passed": False, "reason": paired.reason, "backtest": asdict(paired)}
