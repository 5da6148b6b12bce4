"""The paired backtest of each version beside the champion of the week before, by what the same users did later."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from include.config import Backtest, Gate
from include.training.backtest.paired import judge
from tests.bench.gate.measuring import by_user, kept
from tests.bench.gate.plan import FIRST_SABOTAGED, HEALTHY, Retrain, retrains


@dataclass(frozen=True)
class Backtested:
    """A retrain and whether its backtest blocked it. `loss`: the true one beside the healthy version of that night."""

    retrain: Retrain
    loss: float
    blocked: bool
    naive: bool
    smallest_loss: float | None
    users: int


def backtested(shop: str, chain: int, cache: Path, gate: Gate, rules: Backtest) -> Iterator[Backtested]:
    """Every retrain of a chain that has a champion of the week before, whose answers to the same users are kept."""
    for retrain in retrains(shop, chain):
        champion = Retrain(shop, chain, retrain.night - 1)
        found, sound = kept(retrain, cache), kept(Retrain(shop, chain, retrain.night), cache)
        if retrain.night < FIRST_SABOTAGED or not found or not sound or "failed" in found or not kept(champion, cache):
            continue
        before, now = by_user(champion, cache, serving=True), by_user(retrain, cache)
        assert (before.users == now.users).all()
        verdict = judge(
            before.ndcg,
            now.ndcg,
            metric=rules.metric,
            allowed_loss=rules.allowed_loss,
            false_block_rate=gate.false_block_rate,
        )
        loss = 0.0 if retrain.kind == HEALTHY else 1 - found["true_ndcg"] / sound["true_ndcg"]
        naive = bool(now.ndcg.mean() < before.ndcg.mean())
        yield Backtested(retrain, loss, not verdict.passed, naive, verdict.smallest_loss, len(now.users))
