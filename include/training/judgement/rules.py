"""Rules that know no noise: what must be there, floors, largest drops, coverage; and which of them noise breaks."""

import math
from collections.abc import Iterator, Sequence

from include.config import Gate
from include.training.champion import Champion, Metrics
from include.training.judgement import critical
from include.training.judgement.references import Reference, has, level_from

COVERAGE = "coverage"
SHORT_TRAINING = 0.5  # of the champion's training hours
ROUNDED = 6  # decimals; the service gives four, and binary fractions must not decide


def problems(gate: Gate, challenger: Metrics, champions: Sequence[Champion]) -> list[str]:
    """What the version fails in, a part of a sentence each."""
    found = list(_unusable(gate, challenger, champions))
    if challenger and not any(value > 0 for value in challenger.values()):
        found.append("every metric is zero")
    floors = {metric: floor for metric, floor in gate.floors.items() if has(challenger, metric)}
    found += [
        f"{metric} is {challenger[metric]:.4f}, below the floor of {floor:g}"
        for metric, floor in floors.items()
        if challenger[metric] < floor
    ]
    found += [
        f"{fell(metric, challenger[metric], champions[0].metrics[metric])}; {gate.max_drop[metric]:.0%} is allowed"
        for metric in beyond_max_drop(gate, challenger, champions)
    ]
    return [*found, *_collapsed(gate, challenger, champions)]


def beyond_max_drop(gate: Gate, challenger: Metrics, champions: Sequence[Champion]) -> list[str]:
    """The metrics that fell below the champion's by more than ever passes, whatever chance explains."""
    if not champions:
        return []
    champion = champions[0].metrics
    return [
        metric
        for metric, allowed in gate.max_drop.items()
        if has(challenger, metric) and has(champion, metric) and challenger[metric] < _least(champion[metric], allowed)
    ]


def not_better_than_popularity(gate: Gate, challenger: Metrics, popularity: Metrics) -> list[str]:
    """The metrics that are less than the gate asks for, as times what the same items for everyone have."""
    if gate.beats_popularity is None:
        return []
    found = []
    for metric in gate.compare:
        if not has(popularity, metric):
            found.append(f"{metric} is missing for aws-popularity-count, and a missing metric never passes")
        elif has(challenger, metric) and challenger[metric] < round(
            gate.beats_popularity * popularity[metric], ROUNDED
        ):
            found.append(
                f"{metric} is {challenger[metric]:.4f}, less than {gate.beats_popularity:g} times that of "
                f"aws-popularity-count, {popularity[metric]:.4f}"
            )
    return found


def least(gate: Gate, metric: str, champions: Sequence[Champion]) -> list[float]:
    """The least values of a metric that pass the floor, the largest drop, and the rule about coverage."""
    found = [gate.floors[metric]] if metric in gate.floors else []
    if metric in gate.max_drop and champions and has(champions[0].metrics, metric):
        found.append(_least(champions[0].metrics[metric], gate.max_drop[metric]))
    if metric == COVERAGE and gate.coverage_collapse and _coverages(champions):
        found.append(_least(max(_coverages(champions)), gate.coverage_collapse))
    return found


def usable(metric: str, challenger: Metrics, champions: Sequence[Champion]) -> bool:
    """Whether a metric can be compared with the champion's."""
    return bool(champions) and has(challenger, metric) and has(champions[0].metrics, metric)


def fell(metric: str, now: float, before: float, whose: str = "") -> str:
    """A drop in words."""
    return f"{metric} fell by {1 - now / before:.0%}, from {before:.4f}{whose} to {now:.4f}"


def warnings(gate: Gate, held: Sequence[Reference]) -> list[str]:
    """Rules that noise alone would break more often than the gate may block healthy versions."""
    found = []
    for reference in (each for each in held if each.against == "champion"):
        metric, value = reference.metric, reference.value
        rules = []
        if metric in gate.max_drop:
            rules.append((f"max_drop allows {gate.max_drop[metric]:.0%}", gate.max_drop[metric]))
        if 0 < gate.floors.get(metric, 0) < value:
            rules.append((f"the floor of {gate.floors[metric]:g} is near", 1 - gate.floors[metric] / value))
        for said, drop in rules:
            share = critical.share_below_one(-math.log1p(-drop) / reference.noise.sd, reference.noise.freedom)
            if share > gate.false_block_rate:
                found.append(
                    f"{metric}: {said}, less than can be told from noise: about {share:.0%} of healthy versions would "
                    f"be blocked by this rule alone; false_block_rate is {gate.false_block_rate:.0%}."
                )
    return found


def short_training(hours: float | None, champions: Sequence[Champion]) -> list[str]:
    """A warning where a version trained for much less time than its champion, as it would with half the data missing.

    Hours are the service's trainingHours: all that it tells of what a version has seen. They decide nothing.
    """
    champion_hours = champions[0].hours if champions else None
    if not hours or not champion_hours or hours >= SHORT_TRAINING * champion_hours:
        return []
    return [
        f"It trained for {hours:.3g} hours, the champion for {champion_hours:.3g}. Is part of the data missing? "
        "Look at the reports of the last imports."
    ]


def _unusable(gate: Gate, challenger: Metrics, champions: Sequence[Champion]) -> Iterator[str]:
    against_champion = {*gate.compare, *gate.max_drop, *([COVERAGE] if gate.coverage_collapse else [])}
    for metric in sorted({*gate.floors, *against_champion}):
        if metric in challenger and not has(challenger, metric):
            yield f"{metric} is {challenger[metric]}, no number from 0 to 1"
        missing = [] if metric in challenger else ["this version"]
        if champions and metric in against_champion and not has(champions[0].metrics, metric):
            missing.append("the champion")
        if missing:
            yield f"{metric} is missing for {' and '.join(missing)}, and a missing metric never passes"


def _collapsed(gate: Gate, challenger: Metrics, champions: Sequence[Champion]) -> Iterator[str]:
    """Coverage far below the best of the recent champions: everybody is shown the same few items."""
    values = _coverages(champions)
    if gate.coverage_collapse is None or not usable(COVERAGE, challenger, champions):
        return
    best = max(values)
    if challenger[COVERAGE] < _least(best, gate.coverage_collapse):
        whose = "" if best == values[0] else f", the best of the last {len(values)} champions,"
        yield f"{fell(COVERAGE, challenger[COVERAGE], best, whose)}; {gate.coverage_collapse:.0%} is allowed"


def _coverages(champions: Sequence[Champion]) -> list[float]:
    return [champion.metrics[COVERAGE] for champion in level_from(champions) if has(champion.metrics, COVERAGE)]


def _least(before: float, drop: float) -> float:
    return round(before * (1 - drop), ROUNDED)
