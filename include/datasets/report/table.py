"""The table of a report: what became of the rows of each dataset."""

import io
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from include.datasets.night.records import Night
from include.datasets.report.report import ROWS

HEADINGS = ("rows read", "= imported", "+ duplicate", "+ quarantined", "+ carried")


def rows_table(nights: Sequence[Night], width: int) -> list[str]:
    """The lines of the table; the columns' headings say how it adds up."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    table.add_column("dataset")
    for heading in HEADINGS:
        table.add_column(heading, justify="right")
    table.add_column("how")
    for night in nights:
        table.add_row(night.dataset_type, *(f"{getattr(night, f'rows_{what}'):,}" for what in ROWS), _how(night))
    page = io.StringIO()
    Console(file=page, width=width, color_system=None, force_terminal=False, markup=False).print(table)
    return [line.rstrip() for line in page.getvalue().splitlines()]


def _how(night: Night) -> str:
    if night.channel == "import":
        return f"import, {night.import_mode}"
    return {"events": "PutEvents", "carried": "carried", "nothing": "nothing new"}[night.channel]
