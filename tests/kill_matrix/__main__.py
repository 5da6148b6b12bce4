"""kill -9 of worker, triggerer, scheduler and service at each stage of train, judge and promote: `make kill-matrix`.

Ends with status 1 unless each run ends as an undisturbed one does, with one CreateSolutionVersion, and the campaign is
never seen to serve a blocked version. Takes about half an hour on two cores.
"""

import argparse
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.kill_matrix.outcome import Outcome
from tests.kill_matrix.points import POINTS, Kind, Point
from tests.kill_matrix.trial import EndlessError, Trial, opened


@dataclass(frozen=True)
class Line:
    """What came of a point: calls of CreateSolutionVersion, seconds, and what does not hold."""

    point: Point
    calls: int
    seconds: float
    problems: list[str]


def undisturbed(trial: Trial, kind: Kind) -> tuple[Outcome, list[str]]:
    """A run that nobody disturbs, and in what it does not end as documented."""
    outcome, calls = trial.run(kind)
    assert outcome
    documented = {
        "run": (outcome.run, kind.run),
        "serves": (outcome.serves, kind.serves),
        "verdict": ([verdict["passed"] for verdict in outcome.verdicts], [kind.passed]),
        "promotions": (tuple(record["rolled_back"] for record in outcome.promotions), kind.rolled_back),
        "mails": (len(outcome.mails), kind.mails),
        "versions": (outcome.versions, 1),
    }
    told = [f"{name}: {came} instead of {wanted}" for name, (came, wanted) in documented.items() if came != wanted]
    return outcome, told + _of_all(trial, calls)


def tried(trial: Trial, point: Point, wanted: Outcome) -> Line:
    """Kill at the point, and hold what came of it against the undisturbed run."""
    began = time.monotonic()
    outcome, calls = trial.run(point.kind, point.victim, point.stage)
    problems = outcome.differences(wanted) if outcome else ["the run ended before it could be killed there"]
    return Line(point, calls, time.monotonic() - began, problems + _of_all(trial, calls))


def _of_all(trial: Trial, calls: int) -> list[str]:
    """What no run may do, disturbed or not."""
    problems = [f"{arn} was blocked, and served" for arn in sorted(trial.served_what_was_blocked())]
    return problems if calls == 1 else [*problems, f"CreateSolutionVersion was called {calls} times"]


def matrix(trial: Trial, points: list[Point]) -> tuple[list[Line], bool]:
    """Try every point; also returns whether the undisturbed runs ended as documented."""
    wanted: dict[str, Outcome] = {}
    lines: list[Line] = []
    are_documented = True
    for name, kind in {point.kind.name: point.kind for point in points}.items():
        wanted[name], problems = undisturbed(trial, kind)
        are_documented &= not problems
        print(f"{name}, undisturbed: {'; '.join(problems) or 'as documented'}", flush=True)
    for point in points:
        try:
            lines.append(tried(trial, point, wanted[point.kind.name]))
        except EndlessError as error:
            return [*lines, Line(point, 0, 0, [f"never ended: {error}"])], are_documented
        print(f"{point.name}: {'; '.join(lines[-1].problems) or 'held'}, {lines[-1].seconds:.0f} s", flush=True)
    return lines, are_documented


def show(lines: list[Line], looks: int) -> None:
    """Print the table."""
    table = Table("run", "killed", "while", "end state", "CreateSolutionVersion", "seconds")
    for line in lines:
        of_point = (line.point.kind.name, line.point.victim, line.point.stage.name)
        end = "; ".join(line.problems) or "as undisturbed"
        table.add_row(*of_point, end, str(line.calls), f"{line.seconds:.0f}")
    console = Console(width=140)
    console.print(table)
    held = sum(not line.problems for line in lines)
    console.print(f"{held} of {len(lines)} points held. The campaign was asked {looks:,} times what it serves.")


def main() -> int:
    """Try the points that are asked for, and print what came of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.kill_matrix", description=__doc__)
    parser.add_argument(
        "--only", metavar="PATTERN", nargs="+", default=["*"], help="points by name, such as 'healthy/worker/*'"
    )
    parser.add_argument("--folder", type=Path, help="where the stack's state and logs are kept (default: nowhere)")
    parser.add_argument("--list", action="store_true", help="print the names of the points, and do nothing")
    options = parser.parse_args()
    points = [point for point in POINTS if any(fnmatch(point.name, each) for each in options.only)]
    if options.list:
        print("\n".join(point.name for point in points))
        return 0
    if not points:
        parser.error(f"no point is called {' or '.join(options.only)}: --list tells their names")
    with ExitStack() as contexts:
        folder = options.folder or Path(contexts.enter_context(tempfile.TemporaryDirectory()))
        trial = contexts.enter_context(opened(folder))
        lines, are_documented = matrix(trial, points)
        looks = trial.witness.looks
    show(lines, looks)
    return 0 if are_documented and not any(line.problems for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
