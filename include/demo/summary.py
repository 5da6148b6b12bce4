"""The facts of a finished demo as tables and sentences."""

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from include.demo.facts import Delivery, Facts, Import, Training
from include.demo.promises import Promise

SHORT_METRICS = {
    "coverage": "coverage",
    "mean_reciprocal_rank_at_25": "MRR@25",
    "normalized_discounted_cumulative_gain_at_5": "NDCG@5",
    "normalized_discounted_cumulative_gain_at_10": "NDCG@10",
    "normalized_discounted_cumulative_gain_at_25": "NDCG@25",
    "precision_at_5": "P@5",
    "precision_at_10": "P@10",
    "precision_at_25": "P@25",
}


def show(console: Console, facts: Facts, promises: list[Promise]) -> None:
    """Print the summary."""
    console.print(_imports(facts.imports))
    console.print(_versions(facts.trainings))
    for training in facts.trainings:
        _line(console, f"{_id(training.version_arn)}: {training.verdict.get('reason', 'The gate said nothing.')}")
    if facts.served:
        _line(console, f"The campaign serves user {facts.served.user_id}: {'; '.join(facts.served.titles)}.")
    if facts.delivery:
        _show_delivery(console, facts.delivery)
    mails = facts.mails or []
    _line(console, f"{len(mails)} mails caught:")
    for mail in mails:
        _line(console, f"  to {mail['To']}: {mail['Subject']}")
    console.print()
    for promise in promises:
        console.print(f"{'[green]kept  [/]' if promise.held else '[red]BROKEN[/]'} {escape(promise.sentence)}")


def _imports(imports: list[Import]) -> Table:
    table = _table("Rows", "import", "dataset", "mode", "in", "imported", "duplicate", "quarantined")
    for imported in imports:
        mode = "/".join(sorted(set(imported.jobs.values()))) or "-"
        for kind, report in imported.datasets.items():
            counts = [f"{report[f'rows_{what}']:,}" for what in ("read", "imported", "duplicate", "quarantined")]
            table.add_row(imported.part, kind, mode, *counts)
    return table


def _versions(trainings: list[Training]) -> Table:
    table = _table("Versions, each above the champion it met", "version", "mode", "gate", *SHORT_METRICS.values())
    for training in trainings:
        gate = "passed" if training.verdict.get("passed") else "BLOCKED"
        table.add_row(_id(training.version_arn), training.mode or "-", gate, *_values(training.metrics))
        if training.champion_before:
            metrics = _values(training.champion_metrics)
            table.add_row(f"  {_id(training.champion_before)}", "champion", "", *metrics, style="dim")
    return table


def _show_delivery(console: Console, delivery: Delivery) -> None:
    _line(console, f"Braze: {len(delivery.files)} file(s), {delivery.lines:,} rows, {delivery.bytes:,} bytes")
    for file in delivery.files:
        _line(console, f"  {file}")
    for row in delivery.first_rows:
        _line(console, f"  {row}")


def _line(console: Console, text: str) -> None:
    console.print(escape(text), highlight=False, soft_wrap=True)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number < 3 else "right", no_wrap=True)
    return table


def _values(metrics: dict[str, float]) -> list[str]:
    return [f"{metrics[name]:.4f}" if name in metrics else "-" for name in SHORT_METRICS]


def _id(arn: str | None) -> str:
    return arn.rpartition("/")[2] if arn else "no version"
