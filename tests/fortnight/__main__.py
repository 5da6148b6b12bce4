"""Two weeks of nights under the scheduler, once undisturbed and once with all that can go wrong: `make fortnight`.

Ends with status 1 unless both end with the same rows, one import job for each night that was staged, and every row
accounted for. Takes about half an hour on two cores.
"""

import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.fortnight.nights import FORTNIGHT, Night, wanted
from tests.fortnight.shop import KINDS, Shop, opened

PARTS = ("imported", "duplicate", "quarantined", "carried")


def live(folder: Path, disturbed: bool, nights: list[Night] = FORTNIGHT) -> dict[str, Any]:
    """Run every night, and return what came of them."""
    with opened(folder, datetime.now(UTC)) as shop:
        for night in nights:
            began = time.monotonic()
            states = Counter(shop.night(night, disturbed).values())
            print(f"  {night.name}: {dict(states)}, {time.monotonic() - began:.0f} s", flush=True)
        return outcome(shop)


def outcome(shop: Shop) -> dict[str, Any]:
    """The rows of each dataset, the import jobs, and what was recorded and reported."""
    return {
        "rows": {kind: shop.rows(kind) for kind in KINDS},
        "jobs": [job["status"] for job in shop.import_jobs()],
        "calls": shop.calls(),
        "staged": sum(night["channel"] == "import" for kind in KINDS for night in shop.recorded(kind)),
        "reports": shop.reports(),
    }


def problems(undisturbed: dict[str, Any], disturbed: dict[str, Any]) -> list[str]:
    """Every promise that does not hold."""
    found = []
    for name, came in (("undisturbed", undisturbed), ("disturbed", disturbed)):
        for kind in KINDS:
            lost, added = wanted(FORTNIGHT, kind) - came["rows"][kind], came["rows"][kind] - wanted(FORTNIGHT, kind)
            if lost or added:
                found.append(
                    f"{name}: {kind}: {lost.total()} rows lost, {added.total()} too many, as {[*lost, *added][:3]}"
                )
        if not came["calls"] == came["staged"] == len(came["jobs"]):
            found.append(
                f"{name}: {came['calls']} calls of CreateDatasetImportJob made {len(came['jobs'])} jobs for "
                f"{came['staged']} staged nights"
            )
        if set(came["jobs"]) != {"ACTIVE"}:
            found.append(f"{name}: import jobs are {Counter(came['jobs'])}")
        found += [
            f"{name}: the report of {report['run_key']} does not add up"
            for report in came["reports"]
            if report["rows_read"] != sum(report[f"rows_{part}"] for part in PARTS)
        ]
    if undisturbed["rows"] != disturbed["rows"]:
        found.append("the two shops do not end with the same rows")
    return found


def main() -> int:
    """Live both, compare, and say so."""
    outcomes = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in ("undisturbed", "disturbed"):
            print(f"{name}:")
            outcomes[name] = live(Path(folder) / name, disturbed=name == "disturbed")
    for name, came in outcomes.items():
        counts = ", ".join(f"{rows.total():,} {kind}" for kind, rows in came["rows"].items())
        print(f"{name}: {counts}; {came['staged']} nights staged, {came['calls']} import jobs created")
    broken = problems(outcomes["undisturbed"], outcomes["disturbed"])
    print("\n".join(broken) or "Row for row the same, and one import job for each staged night.")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
