"""What does a night cost? `python -m tests.bench.night [--events 1000000 5000000 25000000] [--cache DIR]`

Made-up interactions, one in 5,000 of them malformed and one in 5,000 repeated, as one CSV on an S3 server of our own:
planned, checked, gathered and staged as the DAG does it; and beside it the same night by pandas' default reader, from
the same object to the same objects: staged CSV, archive, ids, quarantine with line and column, statistics. Malformed
lines that pandas' default reader would refuse the whole file for are left out. Each is a process of its own, so that
its peak memory is true, each size is run by both in turn, and both must count the same rows.

The S3 server is rclone's, on the same cores. The demo's, SeaweedFS, compresses the text that it is given, which would
take as much of the machine as the night does; Amazon's takes nothing of a worker's.

Ends with status 1 if the project's bar is missed.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from include.config import Dataset, Storage
from include.datasets.checking.column import RESERVED
from include.datasets.checking.strings import CONTROL, INVISIBLE, MISSING
from include.datasets.checking.times import CALENDAR, DAY
from include.datasets.night import gather, planning, portion
from include.demo import services
from include.demo.environment import Addresses
from include.demo.ports import Ports
from tests.bench import shoppers
from tests.waiting import until

LEAST_TIMES_FASTER = 5.0
MOST_GB = 2.0
MOST_GROWTH = 5.5 / 5  # of the seconds for each row
SEVERAL_UP_TO, REPEATS = 1_000_000, 3  # small sizes are run so many times, and the median counts
BUCKET = "bench"
EVERY = 5_000
MALFORMED = [  # by the column to blame
    b",i1,watch,1700000000\n",
    b"NULL,i1,watch,1700000000\n",
    b"u1, i1,watch,1700000000\n",
    b"u1,i1,EVENT_TYPE,1700000000\n",
    b"u1,i1,watch,2026-11-22\n",
    b"u1,i1,watch,1700000000000\n",
]
FIELDS = [
    {"name": "USER_ID", "type": "string"},
    {"name": "ITEM_ID", "type": "string"},
    {"name": "EVENT_TYPE", "type": "string"},
    {"name": "TIMESTAMP", "type": "long"},
]
STORAGE = Storage(incoming=f"s3://{BUCKET}/in", workspace=f"s3://{BUCKET}/work", delivery=f"s3://{BUCKET}/out")


@dataclass(frozen=True)
class Run:
    """One process: wall seconds, CPU seconds, peak memory, and how many rows it staged, dropped and quarantined."""

    seconds: float
    cpu: float
    peak_gb: float
    rows: tuple[int, int, int]


@dataclass(frozen=True)
class Measured:
    """Medians of both for one size."""

    events: int
    rows: int
    seconds: float
    cpu: float
    peak_gb: float
    pandas_seconds: float
    pandas_cpu: float
    pandas_peak_gb: float
    times_faster: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--events", type=int, nargs="+", default=[1_000_000, 5_000_000, 25_000_000])
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "airflow-for-amazon-personalize")
    parser.add_argument("--once", nargs=3, metavar=("WHO", "ADDRESSES", "KEY"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.once:
        who, addresses, key = arguments.once
        print(json.dumps(vars(once(WAYS[who], Addresses(**json.loads(addresses)), key))))
        return 0
    rows = []
    for events in sorted(arguments.events):
        rows.append(measured(events, prepared(events, arguments.cache / "shoppers" / str(events))))
        print(shown(rows) + "\n", flush=True)
    return verdict(rows)


def prepared(events: int, cache: Path) -> Path:
    """The CSV of so many interactions, which is made once."""
    base, file, unfinished = cache / "base.csv", cache / "night.csv", cache / "being-written.csv"
    cache.mkdir(parents=True, exist_ok=True)
    if not base.exists():
        shoppers.write_csv(shoppers.shoppers(events), unfinished)
        unfinished.rename(base)
    if not file.exists():
        with base.open("rb") as lines, unfinished.open("wb") as spoilt:
            for number, line in enumerate(lines):
                spoilt.write(line)
                if number % EVERY == 1:
                    spoilt.write(line)
                if number % EVERY == 2:
                    spoilt.write(MALFORMED[number // EVERY % len(MALFORMED)])
        unfinished.rename(file)
    return file


def measured(events: int, file: Path) -> Measured:
    """Both ways, in turn, on an S3 server that has the file."""
    with tempfile.TemporaryDirectory() as folder, object_store(Path(folder)) as addresses:
        s3 = services.s3_client(addresses)
        s3.create_bucket(Bucket=BUCKET)
        runs: dict[str, list[Run]] = {who: [] for who in WAYS}
        for number in range(REPEATS if events <= SEVERAL_UP_TO else 1):
            key = f"in/{number}/interactions/base.csv"
            s3.upload_file(str(file), BUCKET, key)
            for who in WAYS:
                runs[who].append(run_apart(who, addresses, key))
        s3.close()
    assert len({tuple(run.rows) for of_one in runs.values() for run in of_one}) == 1, f"they disagree: {runs}"
    ours, theirs = (
        {
            figure: statistics.median(getattr(run, figure) for run in runs[who])
            for figure in ("seconds", "cpu", "peak_gb")
        }
        for who in ("night", "pandas")
    )
    return Measured(
        events=events,
        rows=runs["night"][0].rows[0],
        seconds=ours["seconds"],
        cpu=ours["cpu"],
        peak_gb=ours["peak_gb"],
        pandas_seconds=theirs["seconds"],
        pandas_cpu=theirs["cpu"],
        pandas_peak_gb=theirs["peak_gb"],
        times_faster=theirs["seconds"] / ours["seconds"],
    )


@contextmanager
def object_store(folder: Path) -> Iterator[Addresses]:
    """An S3 server of our own, whose objects are files in ``folder``."""
    with Ports() as ports:
        addresses = Addresses(s3_port=ports.take(), personalize_port=0, smtp_port=0, airflow_port=0)
        listening = ["--addr", f"{services.HOST}:{addresses.s3_port}"]
        key = ["--auth-key", f"{addresses.access_key},{addresses.secret_key}"]
        command = [str(services.BIN / "rclone"), "--config", "", "serve", "s3", str(folder), *listening, *key]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            until(lambda: services.s3_is_ready(addresses), "rclone is ready")
            yield addresses
        finally:
            process.terminate()
            process.wait(timeout=20)


def run_apart(who: str, addresses: Addresses, key: str) -> Run:
    """Run one way in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.night", "--once", who, json.dumps(vars(addresses)), key]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Run(**json.loads(done.stdout))


def once(way: Callable[[Any, str], tuple[int, int, int]], addresses: Addresses, key: str) -> Run:
    """Do it and measure this process; neither way starts others."""
    s3 = services.s3_client(addresses)
    began, cpu = time.perf_counter(), time.process_time()
    rows = way(s3, key)
    spent = time.perf_counter() - began, time.process_time() - cpu
    return Run(*spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9, rows)


def night(s3: Any, key: str) -> tuple[int, int, int]:
    """Plan, check, gather and stage."""
    incoming = f"s3://{BUCKET}/{key.removesuffix('/interactions/base.csv')}"
    storage, dataset = STORAGE.model_copy(update={"incoming": incoming}), Dataset(schema=FIELDS)
    now = datetime.now(UTC)
    who = (key.split("/")[1], "bench", "bench")
    plan = planning.plan(s3, storage, "interactions", dataset, who, lambda _: "over")
    numbers = range(len(plan.portions))
    portions = [portion.check_portion(s3, storage, "interactions", dataset, plan, n, now) for n in numbers]
    made = gather.gather(s3, storage, "interactions", dataset, plan, portions, has_import=False, now=now)
    return made.rows_imported, made.rows_duplicate, made.rows_quarantined


def with_pandas(s3: Any, key: str) -> tuple[int, int, int]:
    """Read, check, drop duplicates, count, write: as a data frame, with pandas' defaults."""
    frame = pd.read_csv(s3.get_object(Bucket=BUCKET, Key=key)["Body"], low_memory=False)
    bad = {}
    for column in ("USER_ID", "ITEM_ID", "EVENT_TYPE"):
        text = frame[column]
        good = text.notna() & text.str.len().between(1, 256) & (text == text.str.strip())
        good &= ~text.str.lower().isin(MISSING) & ~text.isin([*RESERVED, column])
        good &= ~text.str.contains(CONTROL.pattern, regex=True) & ~text.str.contains(INVISIBLE.pattern, regex=True)
        bad[column] = ~good
    times = pd.to_numeric(frame["TIMESTAMP"], errors="coerce")
    good = times.between(1, time.time() + DAY) & ~times.between(CALENDAR.start, CALENDAR.stop - 1) & (times % 1 == 0)
    bad["TIMESTAMP"] = ~good
    blamed = pd.DataFrame(bad)
    wrong = blamed.any(axis=1)
    quarantined = frame[wrong].assign(line=frame.index[wrong] + 2, column=blamed[wrong].idxmax(axis=1))
    rows = frame[~wrong].assign(TIMESTAMP=times[~wrong].astype("int64"))
    kept = rows.drop_duplicates()
    kept["EVENT_TYPE"].value_counts(), kept.isna().mean(), kept["TIMESTAMP"].agg(["min", "max"])
    with tempfile.TemporaryDirectory() as folder:
        quarantined.to_csv(f"{folder}/quarantine.csv", index=False)
        kept.to_csv(f"{folder}/interactions.csv", index=False)
        kept.to_parquet(f"{folder}/rows.parquet")
        for column in ("USER_ID", "ITEM_ID"):
            pd.DataFrame({column: kept[column].unique()}).to_parquet(f"{folder}/{column}.parquet")
        for file in Path(folder).iterdir():
            s3.upload_file(str(file), BUCKET, f"pandas/{key}/{file.name}")
    return len(kept), len(rows) - len(kept), len(quarantined)


WAYS = {"night": night, "pandas": with_pandas}


def shown(rows: Sequence[Measured]) -> str:
    """A row for each measure, a column for each size."""
    columns = {f"{row.events:,}": vars(row) for row in rows}
    return pd.DataFrame(columns).to_string(float_format="{:,.2f}".format)


def verdict(rows: Sequence[Measured]) -> int:
    """Print how the largest night stands to each bar, and the growth; 0 if all are reached, else 1."""
    largest = rows[-1]
    bars = [
        _within("times faster than pandas", largest.times_faster, least=LEAST_TIMES_FASTER),
        _within("memory, GB", largest.peak_gb, most=MOST_GB),
    ]
    if len(rows) > 1:
        times = largest.events / rows[-2].events
        growth = largest.seconds / rows[-2].seconds
        bars.append(_within(f"seconds for {times:g} times the rows, times", growth, most=MOST_GROWTH * times))
    print("\nThe bar is reached." if all(bars) else "\nBELOW THE BAR.")
    return 0 if all(bars) else 1


def _within(what: str, value: float, *, least: float = 0.0, most: float = float("inf")) -> bool:
    reached = least <= value <= most
    bound = f"at least {least:.2f}" if least else f"at most {most:.2f}"
    print(f"{'ok  ' if reached else 'MISS'} {what}: {value:.2f} ({bound})")
    return reached


if __name__ == "__main__":
    sys.exit(main())
