"""The probe: whether a campaign that was just moved answers in a way that customers may see."""

import statistics
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from include.config import Probe

NAMED = 3  # of those who were asked, in a sentence


@dataclass(frozen=True)
class Answer:
    """What a campaign answered when it was asked for somebody: items, best first, or why it refused."""

    asked: str
    items: tuple[str, ...]
    milliseconds: float
    refusal: str | None = None


@dataclass(frozen=True)
class Finding:
    """What a probe found: whether the campaign may go on serving, why in a sentence, and the numbers behind it.

    overlap: mean share of the items answered before that are answered still; None where there is nothing to compare.
    """

    passed: bool
    reason: str
    median_ms: float
    overlap: float | None


def judge(
    rules: Probe,
    answers: Sequence[Answer],
    unknown: Collection[str] | None,
    before: Mapping[str, Sequence[str]],
    *,
    update: bool,
) -> Finding:
    """Judge a campaign by its answers.

    unknown: items among the answers that the datasets do not have; None where it is not known what they have.
    before: what was answered before the move, by who was asked.
    update: whether the version is an UPDATE of the model that served before, so that its answers must be much alike.
    """
    if not answers:
        return Finding(False, "The probe failed: the workspace has no record of an item to ask for.", 0, None)
    median_ms = statistics.median(answer.milliseconds for answer in answers)
    overlap = _overlap(answers, before)
    problems = [
        *_of(answers, "was refused", lambda answer: answer.refusal),
        *_of(answers, "got no item", lambda answer: None if answer.items or answer.refusal else ""),
        *_of(answers, "got an item twice", lambda answer: None if _all_different(answer.items) else ""),
    ]
    if rules.known_items_only and unknown:
        strange = frozenset(unknown)
        problems += _of(
            answers,
            "got items that no dataset has",
            lambda answer: min(strange.intersection(answer.items), default=None),
        )
    if median_ms > rules.max_latency_ms:
        problems.append(f"the median answer took {median_ms:.0f} ms; {rules.max_latency_ms:g} are allowed")
    if update and overlap is not None and overlap < rules.min_overlap:
        problems.append(
            f"only {overlap:.0%} of the items answered before the UPDATE are answered still; at least "
            f"{rules.min_overlap:.0%} are expected"
        )
    if problems:
        return Finding(False, f"The probe failed: {'; '.join(problems)}.", median_ms, overlap)
    alike = "" if overlap is None else f", {overlap:.0%} of the items as before"
    unchecked = ", items not checked since none is recorded as imported" if unknown is None else ""
    said = f"The probe passed: {len(answers)} answers, {median_ms:.0f} ms{alike}{unchecked}."
    return Finding(True, said, median_ms, overlap)


def _of(answers: Sequence[Answer], what: str, complaint: Callable[[Answer], str | None]) -> list[str]:
    """One problem of all the answers with a complaint, which may be empty, naming a few; None is no complaint."""
    bad = [(answer.asked, said) for answer in answers if (said := complaint(answer)) is not None]
    if not bad:
        return []
    detail = f" ({bad[0][1]})" if bad[0][1] else ""
    names = ", ".join(asked for asked, _ in bad[:NAMED]) + (", ..." if len(bad) > NAMED else "")
    return [f"{len(bad)} of {len(answers)} {what}{detail}: {names}"]


def _all_different(items: Sequence[str]) -> bool:
    return len(set(items)) == len(items)


def _overlap(answers: Sequence[Answer], before: Mapping[str, Sequence[str]]) -> float | None:
    shares = [
        len(set(items).intersection(answer.items)) / len(set(items))
        for answer in answers
        if (items := before.get(answer.asked))
    ]
    return statistics.mean(shares) if shares else None
