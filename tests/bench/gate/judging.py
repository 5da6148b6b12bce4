"""What the gate makes of the retrains: each judged by the champions that the DAG would have held it against."""

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scipy.optimize import brentq

from include.config import Gate
from include.training.champion import Champion
from include.training.gate import judge_full
from include.training.history import RECENT
from include.training.judgement.references import references
from include.training.judgement.resolution import smallest_drop
from include.training.judgement.training_data import changes
from include.training.judgement.verdict import Verdict
from tests.bench.gate.measuring import facts_of, kept
from tests.bench.gate.plan import HEALTHY, Retrain, retrains
from tests.bench.gate.shops import NIGHTS

NDCG = "normalized_discounted_cumulative_gain_at_25"


@dataclass(frozen=True)
class Served:
    """A version that serves or served, and its true quality."""

    champion: Champion
    true_ndcg: float


@dataclass(frozen=True)
class Judged:
    """A retrain and what became of it. `loss`: the true one, a share of what the healthy version of that night gives.

    below: how much lower than that of its champions (geometric mean) its true quality is; None without champions.
    by_metrics, by_data: which rules blocked it; failed: the training itself did. naive: whether the rule that a
    challenger must not be worse than the champion blocks it. smallest_drop: the resolution that the gate stated, and
    stated: with what probability the metrics of a version so far below its champions block it.
    """

    retrain: Retrain
    loss: float
    below: float | None
    seen_loss: float | None
    by_metrics: bool
    by_data: bool
    failed: bool
    naive: bool
    smallest_drop: float | None
    stated: float | None
    history: int
    reason: str

    @property
    def blocked(self) -> bool:
        return self.by_metrics or self.by_data or self.failed


def judged(shop: str, chain: int, cache: Path, gate: Gate) -> Iterator[Judged]:
    """Every retrain of a chain whose healthy nights are all in the cache, judged."""
    every = list(retrains(shop, chain))
    found = {retrain: kept(retrain, cache) for retrain in every}
    healthy = [retrain for retrain in every if retrain.kind == HEALTHY]
    if any(found[retrain] is None for retrain in healthy):
        return
    before: list[list[Served]] = []  # the champions when each night's version is judged, newest first
    line: list[Served] = []
    for retrain in healthy:
        before.append(line)
        result = found[retrain] or {}
        one = _judged(retrain, result, result, line, gate, cache)
        if line:
            yield one
        if not one.blocked:
            line = [_served(retrain, result, cache), *line][:RECENT]
    declining: list[Served] = []
    for retrain in every[NIGHTS:]:
        result = found[retrain]
        if result is None:
            continue
        if retrain.decline is None:
            yield _judged(retrain, result, found[healthy[retrain.night]] or {}, before[retrain.night], gate, cache)
            continue
        declining = before[retrain.night] if retrain.decline == 0 else declining
        one = _judged(retrain, result, found[healthy[retrain.night]] or {}, declining, gate, cache)
        yield one
        if not one.blocked:
            declining = [_served(retrain, result, cache), *declining][:RECENT]


def _judged(
    retrain: Retrain,
    result: Mapping[str, Any],
    sound: Mapping[str, Any],
    line: Sequence[Served],
    gate: Gate,
    cache: Path,
) -> Judged:
    champions = [each.champion for each in line]
    if "failed" in result:
        return Judged(retrain, 1.0, None, None, False, False, True, True, None, None, len(champions), result["failed"])
    facts = facts_of(retrain, cache)
    metrics = result["metrics"]
    by_metrics = verdict_of(gate, metrics, champions, result["users"])
    by_data = [change for change in changes(gate.data, facts, champions) if change.too_far]
    champion = champions[0].metrics[NDCG] if champions else None
    below = 1 - result["true_ndcg"] / statistics.geometric_mean(each.true_ndcg for each in line) if line else None
    return Judged(
        retrain,
        loss=1 - result["true_ndcg"] / sound["true_ndcg"],
        below=below,
        seen_loss=1 - metrics[NDCG] / champion if champion else None,
        by_metrics=not by_metrics.passed,
        by_data=bool(by_data),
        failed=False,
        naive=champion is not None and metrics[NDCG] < champion,
        smallest_drop=by_metrics.smallest_drop,
        stated=None if below is None else stated_power(gate, champions, result["users"], below),
        history=len(champions),
        reason="; ".join([by_metrics.reason, *(change.sentence for change in by_data)]),
    )


def verdict_of(gate: Gate, metrics: Mapping[str, float], champions: Sequence[Champion], users: int) -> Verdict:
    """The gate's verdict by metrics alone."""
    return judge_full(gate, metrics, champions, math.ceil(0.1 * users))


def stated_power(gate: Gate, champions: Sequence[Champion], users: int, drop: float) -> float:
    """With what probability the gate says that it blocks a version whose metrics all fell by a share.

    Its resolution, turned round: the power for which this is the smallest drop.
    """
    held = [each for metric in gate.compare for each in references(metric, champions, math.ceil(0.1 * users))]

    def beyond(power: float) -> float:
        return (smallest_drop(held, gate.false_block_rate, power) or 0.0) - drop

    least, most = 1e-6, 1 - 1e-6
    if beyond(least) > 0:
        return 0.0
    return 1.0 if beyond(most) < 0 else float(brentq(beyond, least, most))


def _served(retrain: Retrain, result: Mapping[str, Any], cache: Path) -> Served:
    return Served(Champion(result["metrics"], data=facts_of(retrain, cache)), result["true_ndcg"])
