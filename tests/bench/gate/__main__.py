"""How far can the gate be trusted? `python -m tests.bench.gate [--cache DIR] [--again]`

FULL versions of two shops are trained by the local service's own engine: healthy ones, night after night, and ones
that went wrong in seven ways, of graded size. Size is the true loss: how much worse a version's recommendations are
than the healthy version's of that night, by what thousands of users did in the weeks after. The gate judges each by
the champions that the DAG would have held it against, and so do the paired backtest, and the rule that a challenger
must be no worse than the champion.

It takes about half an hour of one core. What is measured stays in DIR, so that a run that was cut off goes on
where it was. Prints tables, and writes docs/gate.json and docs/gate.svg; `--again` makes tables and picture of
docs/gate.json anew. Ends with status 1 where a bar of the project is missed.
"""

import argparse
import os
import sys
from pathlib import Path

from include.config import Backtest, Gate
from tests.bench.gate import plot, results, summary
from tests.bench.gate.measuring import measured
from tests.bench.gate.plan import CHAINS, retrains
from tests.bench.gate.shops import SHOPS

DOCS = Path(__file__).parents[3] / "docs"


def main() -> int:
    """Measure, print and draw."""
    parser = argparse.ArgumentParser(prog="tests.bench.gate", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--cache", type=Path, default=_cache(), help="a folder for what is measured (%(default)s)")
    parser.add_argument("--docs", type=Path, default=DOCS, help="a folder for gate.json and gate.svg (%(default)s)")
    parser.add_argument("--again", action="store_true", help="train nothing: print and draw gate.json again")
    parser.add_argument("--judge-only", action="store_true", help="train nothing: judge anew what is in the cache")
    arguments = parser.parse_args()

    file = arguments.docs / "gate.json"
    if not arguments.again:
        if not arguments.judge_only:
            _measure(arguments.cache)
        found = [row for shop in SHOPS for row in results.rows(shop, arguments.cache, Gate(), Backtest())]
        arguments.docs.mkdir(parents=True, exist_ok=True)
        results.write(found, file)
    rows = results.read(file)
    print(summary.as_text(rows))
    plot.draw(rows, arguments.docs / "gate.svg")
    return 0 if all(bar.reached for bar in summary.bars(rows)) else 1


def _measure(cache: Path) -> None:
    cpu = 0.0
    for chain in range(CHAINS):
        for shop in SHOPS:
            for result in measured(retrains(shop, chain), cache):
                cpu += result.get("cpu_seconds", 0.0)
            print(f"chain {chain + 1} of {CHAINS}, {shop}: measured; {cpu / 60:.0f} minutes of CPU so far", flush=True)


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "airflow-for-amazon-personalize" / "gate"


if __name__ == "__main__":
    sys.exit(main())
