"""Tables of what was measured, and the project's bars."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import pairwise

from rich import box
from rich.console import Console
from rich.table import Table

from tests.bench.gate.results import Row

WIDTH = 120
LOSSES = {
    "shop": (0, 0.02, 0.05, 0.1, 0.2, 0.5, 1.01),
    "movielens": (0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 1.01),
}
POINTS = {  # where the power curve is compared with what the gate states
    "shop": (0.02, 0.05, 0.08, 0.11, 0.15),
    "movielens": (0.05, 0.15, 0.25, 0.35, 0.45, 0.8),
}
WEEKS = 4
ENOUGH = 200


@dataclass(frozen=True)
class Bar:
    """What was to be reached, what was measured, and whether that is enough."""

    said: str
    measured: str
    reached: bool


def share(rows: Sequence[Row], rule: Callable[[Row], bool | None]) -> float | None:
    """The share of rows that a rule blocks, of those that it judged."""
    judged = [rule(row) for row in rows if rule(row) is not None]
    return sum(map(bool, judged)) / len(judged) if judged else None


def of(rows: Sequence[Row], shop: str, *what: str) -> list[Row]:
    return [row for row in rows if row.shop == shop and row.what in what]


def between(rows: Sequence[Row], low: float, high: float) -> list[Row]:
    return [row for row in rows if low <= row.loss < high]


def declines(rows: Sequence[Row]) -> dict[int, int | None]:
    """Of each chain with a slow decline, the week in which it was blocked first, from 1; None where it was not."""
    chains = sorted({row.chain for row in rows if row.what == "decline" and row.week == WEEKS - 1})
    found: dict[int, int | None] = {}
    for chain in chains:
        weeks = [row.week + 1 for row in rows if row.what == "decline" and row.chain == chain and row.gate]  # type: ignore[operator]  # a decline has weeks
        found[chain] = min(weeks, default=None)
    return found


def curve(rows: Sequence[Row], shop: str) -> list[tuple[float, int, float, float]]:
    """How far below the champions (mean), retrains, share blocked by metrics, and the stated one; of sound data.

    Not by the loss: MovieLens' people begin with what everyone knows, so that each night is harder than the last.
    """
    points = POINTS[shop]
    found = []
    for low, high in pairwise(points):
        some = [row for row in of(rows, shop, "curve") if low <= (row.below or 0.0) < high]
        if some:
            stated = statistics.fmean(row.stated or 0.0 for row in some)
            measured = share(some, lambda row: row.metrics) or 0.0
            found.append((statistics.fmean(row.below or 0.0 for row in some), len(some), measured, stated))
    return found


def bars(rows: Sequence[Row]) -> list[Bar]:
    """The bars of both shops."""
    found = []
    for shop in dict.fromkeys(row.shop for row in rows):
        healthy, bad = of(rows, shop, "healthy"), of(rows, shop, "sabotaged", "curve")
        found.append(_at_most(f"{shop}: healthy versions blocked", healthy, lambda row: row.gate, 0.02))
        found.append(
            Bar(
                f"{shop}: healthy and sabotaged versions, at least {ENOUGH} of each",
                f"{len(healthy)} and {len(bad)}",
                min(len(healthy), len(bad)) >= ENOUGH,
            )
        )
        if shop == "shop":
            found.append(_at_least(f"{shop}: true losses of 10 % or more", bad, lambda row: row.gate, 0.1, 0.95))
            found.append(_at_most(f"{shop}: healthy, by the backtest", healthy, lambda row: row.backtest, 0.02))
            found.append(_at_least(f"{shop}: 5 % or more, by the backtest", bad, lambda row: row.backtest, 0.05, 0.9))
            weeks = declines(rows)
            caught = sum(week is not None for week in weeks.values())
            found.append(Bar(f"{shop}: declines of 3 % a week within {WEEKS} weeks: all",
                             f"{caught} of {len(weeks)}", bool(weeks) and caught == len(weeks)))  # fmt: skip
        else:
            off = max((abs(measured - stated) for _, _, measured, stated in curve(rows, shop)), default=1.0)
            found.append(
                Bar(f"{shop}: power curve off what is stated, at most 10 points", f"{100 * off:.0f}", off <= 0.1)
            )
    return found


def as_text(rows: Sequence[Row]) -> str:
    """Everything, as it is printed."""
    out = StringIO()
    console = Console(file=out, width=WIDTH, color_system=None, highlight=False, markup=False)
    for shop in dict.fromkeys(row.shop for row in rows):
        console.print(_by_loss(rows, shop))
        console.print(_by_kind(rows, shop))
        console.print(_power(rows, shop))
    weeks = [week or "not" for week in declines(rows).values()]
    console.print(f"Slow declines of 3 % a week, blocked in week: {', '.join(map(str, weeks)) or 'none measured'}")
    for bar in bars(rows):
        console.print(f"{'reached' if bar.reached else 'MISSED '}  {bar.said}: {bar.measured}")
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def _by_loss(rows: Sequence[Row], shop: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title=f"{shop}: share blocked, by true loss", title_justify="left")
    for column in ("true loss", "versions", "gate", "by metrics", "by data", "challenger >= champion", "backtest"):
        table.add_column(column, justify="right")
    _add(table, "healthy", of(rows, shop, "healthy"))
    bad = of(rows, shop, "sabotaged", "curve")
    for low, high in pairwise(LOSSES[shop]):
        name = f"{low:.0%} to {min(high, 1):.0%}" if low else f"under {high:.0%}"
        _add(table, name, between(bad, low if low else -1, high))
    _add(table, "10% or more", between(bad, 0.1, 1.01))
    return table


def _by_kind(rows: Sequence[Row], shop: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title=f"{shop}: true losses of 10 % or more, by kind", title_justify="left")
    for column in ("kind", "versions", "gate", "by metrics", "by data", "challenger >= champion", "backtest"):
        table.add_column(column, justify="right")
    bad = between(of(rows, shop, "sabotaged", "curve"), 0.1, 1.01)
    for kind in dict.fromkeys(row.kind for row in bad):
        _add(table, kind, [row for row in bad if row.kind == kind])
    return table


def _power(rows: Sequence[Row], shop: str) -> Table:
    title = (
        f"{shop}: power of the metrics, measured on sound data and a wrong hyperparameter, and as the gate states it"
    )
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    for column in ("below champions", "versions", "measured", "stated"):
        table.add_column(column, justify="right")
    for loss, count, measured, stated in curve(rows, shop):
        table.add_row(f"{loss:.1%}", str(count), f"{measured:.0%}", f"{stated:.0%}")
    return table


def _add(table: Table, name: str, rows: Sequence[Row]) -> None:
    rules: list[Callable[[Row], bool | None]] = [
        lambda row: row.gate,
        lambda row: row.metrics,
        lambda row: row.data,
        lambda row: row.naive,
        lambda row: row.backtest,
    ]
    shares = [share(rows, rule) for rule in rules]
    table.add_row(name, str(len(rows)), *("-" if each is None else f"{each:.1%}" for each in shares))


def _at_most(said: str, rows: Sequence[Row], rule: Callable[[Row], bool | None], most: float) -> Bar:
    found = share(rows, rule)
    count = sum(rule(row) is not None for row in rows)
    measured = "nothing" if found is None else f"{found:.1%} of {count}"
    return Bar(f"{said}, at most {most:.0%}", measured, found is not None and found <= most)


def _at_least(said: str, rows: Sequence[Row], rule: Callable[[Row], bool | None], loss: float, least: float) -> Bar:
    some = between(rows, loss, 1.01)
    found = share(some, rule)
    count = sum(rule(row) is not None for row in some)
    measured = "nothing" if found is None else f"{found:.1%} of {count}"
    return Bar(f"{said}, at least {least:.0%}", measured, found is not None and found >= least)
