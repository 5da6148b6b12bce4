"""What the user sees while the demo runs: bars on a terminal, plain lines in a log."""

import time
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Column

VERBS = {"running": "", "deferred": " waits", "up_for_retry": " will try again"}
WIDTH = 118  # of plain output, so that a log reads the same wherever it was written


class Screen:
    """A context in which steps and the tasks of DAG runs are shown as they go."""

    def __init__(self, console: Console, steps: int) -> None:
        self.console = console
        self._began = time.monotonic()
        self._said = ""
        self._bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis")),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            expand=True,
            disable=not console.is_terminal,
        )
        self._whole = self._bars.add_task("The programme", total=steps)
        self._run = self._bars.add_task("", total=None, visible=False)

    def say(self, sentence: str) -> None:
        """Print a sentence that stays."""
        self.console.print(f"[dim]{self._clock()}[/] {escape(sentence)}", highlight=False, soft_wrap=True)

    def step(self, title: str) -> None:
        """Begin a step of the programme."""
        self.console.print(f"[dim]{self._clock()}[/] [bold]{escape(title)}[/]", highlight=False)

    def step_done(self) -> None:
        """End it."""
        self._bars.advance(self._whole)
        self._bars.update(self._run, visible=False)

    def show_run(self, dag_id: str, tasks: list[dict[str, Any]]) -> None:
        """Show how far a DAG run is: its tasks done, and those under way."""
        done = [task for task in tasks if task["state"] in ("success", "skipped", "failed", "upstream_failed")]
        now = [task["task_id"] + VERBS[task["state"]] for task in tasks if task["state"] in VERBS]
        doing = f"{dag_id}: {', '.join(now) or 'being scheduled'}"
        if self.console.is_terminal:
            self._bars.update(self._run, description=escape(doing), completed=len(done), total=len(tasks), visible=True)
        elif now and doing != self._said:
            self.say(f"  {len(done):2}/{len(tasks)} {doing}")
            self._said = doing

    def _clock(self) -> str:
        minutes, seconds = divmod(int(time.monotonic() - self._began), 60)
        return f"{minutes}:{seconds:02}"

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()


def console() -> Console:
    """The terminal, or plain text of a fixed width where there is none."""
    found = Console()
    return found if found.is_terminal else Console(width=WIDTH)
