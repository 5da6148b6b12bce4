"""A verdict as a log shows it."""

from collections.abc import Sequence
from io import StringIO

from rich import box
from rich.console import Console
from rich.table import Table

from include.training.judgement.training_data import GROW, Change
from include.training.judgement.verdict import Numbers, Verdict

WIDTH = 160
COLUMNS = ("this version", "champion", "usual", "best", "change", "allowed", "at least")


def as_text(verdict: Verdict) -> str:
    """The reason, the numbers as a table, the resolution and the warnings, in lines of WIDTH letters at most."""
    out = StringIO()
    console = Console(file=out, width=WIDTH, color_system=None, highlight=False, markup=False)
    console.print(verdict.reason)
    if verdict.numbers:
        console.print(_table(verdict.numbers))
    if verdict.data_changes:
        console.print(_data_table(verdict.data_changes))
    if verdict.resolution:
        console.print(verdict.resolution)
    for warning in verdict.warnings:
        console.print(f"Warning: {warning}")
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def _table(numbers: Sequence[Numbers]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("metric", no_wrap=True)
    for column in COLUMNS:
        table.add_column(column, justify="right")
    table.add_column("tolerance", no_wrap=True)
    for each in numbers:
        values = [_value(value) for value in (each.challenger, each.champion, each.usual, each.best)]
        shares = [_share(each.change, "+.1%"), _share(each.allowed and -each.allowed, "+.1%")]
        table.add_row(each.metric, *values, *shares, _value(each.threshold), each.learnt)
    return table


def _data_table(changes: Sequence[Change]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("trained on, last four weeks", no_wrap=True)
    for column in ("this version", "usual", "allowed"):
        table.add_column(column, justify="right")
    for each in changes:
        shown, sign = ("{:.3g}", "+") if each.fact in GROW else ("{:,.0f}", "-")
        allowed = f"{each.allowed:.3g}" if each.fact in GROW else f"{each.allowed:.1%}"
        table.add_row(each.fact, shown.format(each.value), shown.format(each.usual), f"{sign}{allowed}")
    return table


def _value(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


def _share(value: float | None, how: str) -> str:
    return "-" if value is None else format(value, how)
