"""The champions that a version is held against: the one that serves, the usual one, and the best of the recent ones."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from include.training.champion import Champion, Metrics
from include.training.judgement import critical, noise
from include.training.judgement.noise import Noise

Against = Literal["champion", "usual", "best"]
HIGHEST = 0.99  # of a level: at 1 nobody could differ


@dataclass(frozen=True)
class Reference:
    """A value to be held against; `critical(level)` is how far below it chance goes, in standard deviations."""

    metric: str
    against: Against
    value: float
    count: int
    noise: Noise

    def critical(self, level: float) -> float:
        """Standard deviations of noise that a share `level` of healthy versions is further below than."""
        ways: dict[Against, Callable[[], float]] = {
            "champion": lambda: critical.below_one(level, self.noise.freedom),
            "usual": lambda: critical.below_usual(level, self.count, self.noise.freedom),
            "best": lambda: critical.below_best(level, self.count, self.noise.freedom),
        }
        return ways[self.against]()

    def tolerance(self, level: float) -> float:
        """The largest fall of the logarithm that is taken for chance at this level."""
        return self.critical(level) * self.noise.sd


def level_from(champions: Sequence[Champion]) -> Sequence[Champion]:
    """Those that count as level, of champions given newest first: back to one that a person let through, with it."""
    last = next((place for place, champion in enumerate(champions) if champion.let_through), len(champions) - 1)
    return champions[: last + 1]


def noise_of(metric: str, champions: Sequence[Champion], test_users: int | None) -> Noise | None:
    """The noise of a metric, learnt from champions given newest first; None where none of them has the metric.

    The change to a version that a person let through is no noise; those before it and after it are.
    """
    segments: list[list[float]] = [[]]
    for champion in champions:
        if has(champion.metrics, metric):
            segments[-1].append(champion.metrics[metric])
        if champion.let_through:
            segments.append([])
    values = [value for segment in segments for value in segment if value > 0]
    if not values:
        return None
    default = noise.default_sd(metric, min(statistics.geometric_mean(values), HIGHEST), test_users)
    return noise.learn(default, noise.changes(segments))


def references(metric: str, champions: Sequence[Champion], test_users: int | None) -> list[Reference]:
    """What a metric is held against; nothing where the champion has it not, or has 0, below which nothing can be."""
    level = level_from(champions)
    values = [champion.metrics[metric] for champion in level if has(champion.metrics, metric)]
    values = [value for value in values if value > 0]
    learnt = noise_of(metric, champions, test_users)
    if learnt is None or not has(level[0].metrics, metric) or level[0].metrics[metric] <= 0:
        return []
    found = [Reference(metric, "champion", values[0], 1, learnt)]
    if len(values) > 1:
        found.append(Reference(metric, "best", max(values), len(values), learnt))
        found.append(Reference(metric, "usual", statistics.geometric_mean(values), len(values), learnt))
    return found


def has(metrics: Metrics, metric: str) -> bool:
    """Whether a metric is there and is a number from 0 to 1."""
    return metric in metrics and 0 <= metrics[metric] <= 1  # false for NaN
