"""The data of a version beside the data of its champions: what is missing from both training and test."""

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from include.config import TrainingData
from include.training.champion import Champion
from include.training.judgement import critical, noise
from include.training.judgement.references import level_from

Facts = Mapping[str, float]  # by name, see include.training_data.measured

RARE = 0.001  # the share of healthy versions that any one of these rules may block
SURE = 0.1  # what is allowed is about as many times the noise that is taken for granted before there is a history
TYPE = "rows of "
COUNTS = ("rows", "recent_rows", "users", "items")
GROW = {
    "age_days": "the newest interaction is {:.1f} days old, {:.1f} as a rule; {:.1f} more are allowed",
    "busy": "{:.1%} of the rows are of users with more than 30 a day, {:.1%} as a rule; {:.1%} more are allowed",
    "tied": "{:.1%} of the rows share user and TIMESTAMP, {:.1%} as a rule; {:.1%} more are allowed",
}


@dataclass(frozen=True)
class Change:
    """A fact beside the median of the champions'. `allowed`: how much it may fall, or grow where it is in GROW: a share
    of `usual` for counts, else in its own unit.
    """

    fact: str
    value: float
    usual: float
    champions: int
    allowed: float

    @property
    def too_far(self) -> bool:
        """Whether neither the rule nor chance allows it."""
        if self.fact in GROW:
            return self.value - self.usual > self.allowed
        return self.value < self.usual * (1 - self.allowed)

    @property
    def sentence(self) -> str:
        """The change in words."""
        if self.fact in GROW:
            return GROW[self.fact].format(self.value, self.usual, self.allowed)
        name, when = ("rows", "in a week") if self.fact == "recent_rows" else (self.fact, "in four weeks")
        whose = f"the median of the last {self.champions} champions" if self.champions > 1 else "the champion"
        return (
            f"{name}: {self.value:,.0f} {when}, {1 - self.value / self.usual:.0%} fewer than "
            f"{whose}, {self.usual:,.0f}; {self.allowed:.0%} is allowed"
        )


def changes(rules: TrainingData, now: Facts, champions: Sequence[Champion]) -> list[Change]:
    """Every fact of the champions', newest first, that a rule is about; nothing where either side is not known."""
    past = [champion.data for champion in level_from(champions) if champion.data]
    if not now or not past:
        return []
    found = []
    for fact, rule in _rules(rules, past):
        values = [data.get(fact, 0.0) for data in past]
        if fact in GROW or statistics.median(values) > 0:
            found.append(_change(fact, now.get(fact, 0.0), values, rule))
    return found


def _rules(rules: TrainingData, past: Sequence[Facts]) -> Iterator[tuple[str, float]]:
    for fact in (*COUNTS, *GROW):
        rule: float | None = getattr(rules, fact)
        if rule is not None:
            yield fact, rule
    if rules.event_types is not None:
        for fact in sorted({fact for data in past for fact in data if fact.startswith(TYPE)}):
            yield fact, rules.event_types


def _change(fact: str, now: float, values: Sequence[float], rule: float) -> Change:
    usual = statistics.median(values)
    if fact in GROW:
        moved = [one - other for one, other in pairwise(values)]
        return Change(fact, now, usual, len(values), max(rule, _by_chance(rule * SURE, moved, len(values))))
    moved = noise.changes([values])
    # Rows come one by one: so many of them differ by the root of their number.
    granted = math.hypot(-math.log1p(-rule) * SURE, 1 / math.sqrt(usual))
    chance = -math.expm1(-_by_chance(granted, moved, len(values)))
    return Change(fact, now, usual, len(values), max(rule, chance))


def _by_chance(granted: float, moved: Sequence[float], count: int) -> float:
    """How far a share RARE of healthy versions is from the usual one."""
    learnt = noise.learn(granted, moved)
    return critical.below_usual(RARE, count, learnt.freedom) * learnt.sd
