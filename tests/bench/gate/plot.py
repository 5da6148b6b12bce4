"""The share of versions that each rule blocks, over their true loss, as a picture."""

import statistics
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.stats import binomtest

from tests.bench.gate.results import Row
from tests.bench.gate.summary import LOSSES, between, curve, of

TITLES = {"shop": "Made-up shop, about 3,000 test users", "movielens": "MovieLens 100K, 85 test users"}
RULES: dict[str, tuple[str, str, Callable[[Row], bool | None]]] = {
    "the gate": ("#0b6e4f", "o", lambda row: row.gate),
    "its metrics alone": ("#3a7ca5", "s", lambda row: row.metrics),
    "paired backtest alone": ("#8d5a97", "^", lambda row: row.backtest),
    "challenger >= champion": ("#b23a48", "x", lambda row: row.naive),
}


def draw(rows: Sequence[Row], file: Path) -> None:
    """Write an SVG: a panel for each shop, healthy versions at a loss of 0, bars of 95 % (Wilson).

    Diamonds beside the power that the gate states: what was measured of it, see summary.curve.
    """
    shops = list(dict.fromkeys(row.shop for row in rows))
    settings = {"svg.hashsalt": "gate", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 9}
    with mpl.rc_context(settings):
        figure = Figure(figsize=(9.6, 3.8), layout="constrained")
        panels = figure.subplots(1, len(shops), sharey=True, squeeze=False)[0]
        for axes, shop in zip(panels, shops, strict=True):
            _panel(axes, rows, shop)
        panels[0].set_ylabel("versions blocked, %")
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=5, frameon=False)
        figure.savefig(file, format="svg", metadata={"Date": None})


def _panel(axes: Axes, rows: Sequence[Row], shop: str) -> None:
    for name, (colour, marker, rule) in RULES.items():
        points = [_point(some, rule) for some in _groups(rows, shop)]
        shown = [point for point in points if point is not None]
        if shown:
            losses, shares, below, above = zip(*shown, strict=True)
            axes.errorbar(losses, shares, (below, above), color=colour, marker=marker, ms=4, lw=1.4, elinewidth=0.7,
                          label=name)  # fmt: skip
    stated = sorted((row.below or 0.0, row.stated) for row in of(rows, shop, "curve") if row.stated is not None)
    if stated:
        losses, shares = zip(*_smooth(stated), strict=True)
        axes.plot(losses, shares, color="#777777", ls="--", lw=1.2, label="power that the gate states")
        for loss, _, measured, _ in curve(rows, shop):
            axes.plot(100 * loss, 100 * measured, color="#777777", marker="D", ms=5, mfc="none")
    axes.set_title(TITLES[shop], fontsize=10)
    axes.set_xlabel("true loss on later interactions, %")
    axes.set_xlim(-1, 62)
    axes.set_ylim(-2, 103)
    axes.grid(color="#dddddd", lw=0.6)
    axes.spines[["top", "right"]].set_visible(False)


def _groups(rows: Sequence[Row], shop: str) -> list[Sequence[Row]]:
    bad, bounds = of(rows, shop, "sabotaged", "curve"), LOSSES[shop]
    return [of(rows, shop, "healthy"), *(between(bad, *each) for each in pairwise(bounds))]


def _point(rows: Sequence[Row], rule: Callable[[Row], bool | None]) -> tuple[float, float, float, float] | None:
    judged = [row for row in rows if rule(row) is not None]
    if not judged:
        return None
    blocked = sum(bool(rule(row)) for row in judged)
    found = blocked / len(judged)
    interval = binomtest(blocked, len(judged)).proportion_ci(method="wilson")
    loss = statistics.fmean(row.loss for row in judged) if judged[0].what != "healthy" else 0.0
    return 100 * loss, 100 * found, 100 * max(found - interval.low, 0), 100 * max(interval.high - found, 0)


def _smooth(points: Sequence[tuple[float, float]], at_once: int = 8) -> list[tuple[float, float]]:
    """Means of neighbours: what the gate states differs from history to history."""
    groups = [points[first : first + at_once] for first in range(0, len(points), at_once)]
    return [(100 * statistics.fmean(loss for loss, _ in each), 100 * statistics.fmean(y for _, y in each))
            for each in groups]  # fmt: skip
