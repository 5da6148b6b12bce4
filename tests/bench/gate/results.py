"""What was measured, a row for each retrain, so that tables and plot can be made again without training anything."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from include.config import Backtest, Gate
from tests.bench.gate.backtests import backtested
from tests.bench.gate.judging import judged
from tests.bench.gate.plan import CHAINS, CURVES, HEALTHY, MISSET, Retrain


@dataclass(frozen=True)
class Row:
    """A retrain, its true loss, and what each rule made of it: whether it was blocked.

    what: healthy, sabotaged, curve (sound data, a wrong hyperparameter) or decline. `week` of a decline begins at 0.
    below: how much lower its true quality is than that of its champions. stated: the probability that the resolution of
    the gate gives for metrics so far below to block it. backtest: None without one.
    """

    shop: str
    what: str
    kind: str
    size: float
    chain: int
    night: int
    week: int | None
    loss: float
    below: float | None
    gate: bool
    metrics: bool
    data: bool
    naive: bool
    backtest: bool | None
    backtest_naive: bool | None
    smallest_drop: float | None
    stated: float | None


def rows(shop: str, cache: Path, gate: Gate, rules: Backtest) -> list[Row]:
    """A row for each retrain of the chains whose healthy nights are all in the cache; the first of a chain has none."""
    found = []
    for chain in range(CHAINS):
        backtests = {each.retrain: each for each in backtested(shop, chain, cache, gate, rules)}
        for each in judged(shop, chain, cache, gate):
            retrain, backtest = each.retrain, backtests.get(each.retrain)
            found.append(
                Row(
                    shop=shop,
                    what=_what(retrain),
                    kind=retrain.kind,
                    size=retrain.size,
                    chain=chain,
                    night=retrain.night,
                    week=retrain.decline,
                    loss=round(each.loss, 4),
                    below=None if each.below is None else round(each.below, 4),
                    gate=each.blocked,
                    metrics=each.by_metrics,
                    data=each.by_data,
                    naive=each.naive,
                    backtest=backtest.blocked if backtest else None,
                    backtest_naive=backtest.naive if backtest else None,
                    smallest_drop=each.smallest_drop and round(each.smallest_drop, 4),
                    stated=None if each.stated is None else round(each.stated, 4),
                )
            )
    return found


def write(measured: Iterable[Row], file: Path) -> None:
    """A line of JSON for each row, after one with the names."""
    names = [field.name for field in fields(Row)]
    lines = [json.dumps(names), *(json.dumps(list(asdict(row).values())) for row in measured)]
    file.write_text("[\n" + ",\n".join(lines) + "\n]\n")


def read(file: Path) -> list[Row]:
    """The rows of a file that `write` wrote."""
    names, *values = json.loads(file.read_text())
    found: list[dict[str, Any]] = [dict(zip(names, each, strict=True)) for each in values]
    return [Row(**each) for each in found]


def _what(retrain: Retrain) -> str:
    if retrain.kind == HEALTHY:
        return "healthy"
    if retrain.decline is not None:
        return "decline"
    return "curve" if retrain.kind == MISSET and retrain.size in CURVES[retrain.shop] else "sabotaged"
