"""How much can it take? `python -m tests.bench.scale [--events 1000000 5000000 25000000] [--cache DIR]`

A real service with a real S3 server, asked as a shop would: made-up interactions as CSV in S3, imported; a FULL version
with its metrics; 1% more interactions and an UPDATE version; recommendations for everyone by a batch job, for many by
GetRecommendations; a restart. A second FULL version says how good the UPDATE is on the interactions that came later.

Ends with status 1 if the project's bar is missed by the largest data, or by how much it costs more than smaller data.
"""

import argparse
import itertools
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pandas as pd

from include.demo import services
from include.local_personalize.engine import metrics
from tests.bench import load, shoppers
from tests.include.local_personalize.running import Server
from tests.include.local_personalize.shop import BUCKET, ROLE, LocalShop, putting
from tests.servers import s3_server, service_environment
from tests.waiting import until

NEWER, LATER = 0.01, 0.01  # of the events: those that an UPDATE learns of, and those that it is measured on
REQUESTS = 8_000
LONGEST_WAIT = 3_600.0
MOST_SECONDS, MOST_GB = 240.0, 4.0  # CSV in S3 to an ACTIVE version with metrics, and memory at any time
MOST_GROWTH = 6 / 5  # of the seconds for each event
MOST_OF_FULL = 0.1
LEAST_OF_NDCG = 0.99
MOST_BATCH_SECONDS = 30.0
MOST_P99_MS = 20.0


@dataclass(frozen=True)
class Measured:
    """Seconds, unless the name says otherwise; NDCG@25 is of new items and repeats alike, on the later events."""

    events: int
    users: int
    items: int
    import_: float
    full: float
    update: float
    batch: float
    peak_gb: float
    p50_ms: float
    p99_ms: float
    requests_a_second: float
    restart: float
    ndcg_before: float
    ndcg_update: float
    ndcg_full: float

    @property
    def to_active(self) -> float:
        return self.import_ + self.full


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--events", type=int, nargs="+", default=[1_000_000, 5_000_000, 25_000_000])
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "airflow-for-amazon-personalize")
    arguments = parser.parse_args()
    rows = []
    for events in sorted(arguments.events):
        rows.append(measured(events, arguments.cache / "shoppers" / str(events)))
        print(shown(rows) + "\n", flush=True)
    return verdict(rows)


def measured(events: int, cache: Path, requests: int = REQUESTS) -> Measured:
    """Everything about data of one size, which is made once and kept in ``cache``."""
    later, users, items = prepared(events, cache)
    with tempfile.TemporaryDirectory() as scratch, s3_server(folder(scratch, "s3")) as addresses:
        s3 = services.s3_client(addresses)
        put, numbers = putting(s3), itertools.count()
        for name in ("base.csv", "newer.csv"):
            s3.upload_file(str(cache / name), BUCKET, name)
        put("everyone.json", [f'{{"userId":"{user}"}}' for user in users])
        with started(Server(folder(scratch, "data"), service_environment(addresses))) as server:
            shop = LocalShop(server, lambda stem: f"{stem}-{next(numbers)}", put)
            shop.patience, shop.pause = LONGEST_WAIT, 0.05
            memory = load.PeakMemory(server.process.pid)
            dataset = shop.dataset(shop.group(), "Interactions")
            solution = shop.solution(shop.describe("dataset", dataset)["datasetGroupArn"])

            import_ = seconds(lambda: imported(shop, dataset, "base.csv", "FULL"))
            first, full = timed(lambda: shop.version(solution))
            imported(shop, dataset, "newer.csv", "INCREMENTAL")
            updated, update = timed(lambda: shop.version(solution, "UPDATE"))
            batch = seconds(lambda: recommended(shop, s3, updated))
            campaign = shop.campaign(updated)
            shop.settled("campaign", campaign)
            load.recommendations(server.port, campaign, users, requests // 20)
            latency = load.recommendations(server.port, campaign, users, requests)
            peak = memory.stop()
            server.end()
            restart = seconds(lambda: restarted(server, campaign, users[0]))
            ndcg = [quality(recommendations_of(shop, s3, version), later)
                    for version in (first, updated, shop.version(solution))]  # fmt: skip
        speed = (latency.p50_ms, latency.p99_ms, latency.a_second)
        return Measured(events, len(users), items, import_, full, update, batch, peak / 1e9, *speed, restart, *ndcg)


@contextmanager
def started(server: Server) -> Iterator[Server]:
    """The server, ended at last whatever happens."""
    server.start()
    try:
        yield server
    finally:
        if server.running():
            server.end()


def prepared(events: int, cache: Path) -> tuple[dict[str, set[str]], list[str], int]:
    """Write base.csv and newer.csv; returns what each user does later, all users, and how many items there are."""
    newer, later = round(events * NEWER), round(events * LATER)
    made = shoppers.shoppers(events + newer + later)
    if not (cache / "newer.csv").exists():
        cache.mkdir(parents=True, exist_ok=True)
        shoppers.write_csv(made.part(0, events), cache / "base.csv")
        shoppers.write_csv(made.part(events, events + newer), cache / "being-written.csv")
        (cache / "being-written.csv").rename(cache / "newer.csv")
    base = made.part(0, events)
    users, items = np.unique(base.users), np.unique(base.items)
    known = set(users.tolist())
    does: dict[str, set[str]] = {}
    last = made.part(events + newer, len(made.times))
    for user, item in zip(last.users.tolist(), last.items.tolist(), strict=True):
        if user in known:
            does.setdefault(f"u{user}", set()).add(f"i{item}")
    return does, [f"u{user}" for user in users], len(items)


def imported(shop: LocalShop, dataset: str, name: str, mode: str) -> None:
    job = shop.settled("dataset_import_job", shop.start_import(dataset, f"s3://{BUCKET}/{name}", mode))
    assert job["status"] == "ACTIVE", job


def recommended(shop: LocalShop, s3: Any, version: str) -> str:
    """Recommendations for everyone, without exploration; returns the key of the output."""
    s3.delete_object(Bucket=BUCKET, Key="out/everyone.json.out")
    job = shop.api.create_batch_inference_job(
        jobName=shop.name("batch"),
        solutionVersionArn=version,
        numResults=25,
        roleArn=ROLE,
        jobInput={"s3DataSource": {"path": f"s3://{BUCKET}/everyone.json"}},
        jobOutput={"s3DataDestination": {"path": f"s3://{BUCKET}/out/"}},
        batchInferenceJobConfig={"itemExplorationConfig": {"explorationWeight": "0"}},
    )["batchInferenceJobArn"]
    settled = shop.settled("batch_inference_job", job)
    assert settled["status"] == "ACTIVE", settled
    return "out/everyone.json.out"


def recommendations_of(shop: LocalShop, s3: Any, version: str) -> dict[str, list[str]]:
    """Everyone's 25 items by one version."""
    body = s3.get_object(Bucket=BUCKET, Key=recommended(shop, s3, version))["Body"]
    lines = map(orjson.loads, body.iter_lines(2**20))
    return {line["input"]["userId"]: line["output"]["recommendedItems"] for line in lines}


def quality(recommended: dict[str, list[str]], later: dict[str, set[str]]) -> float:
    """Mean NDCG@25 over the users who do something later."""
    depth = metrics.DEPTH
    gains = [metrics.ndcg(metrics.hits(recommended[user], items), len(items), depth) for user, items in later.items()]
    return float(np.mean(gains))


def restarted(server: Server, campaign: str, user: str) -> None:
    """Start and wait for the first recommendations."""
    server.start()
    until(lambda: load.recommendations(server.port, campaign, [user], load.CLIENTS), "it recommends")


def folder(parent: str, name: str) -> Path:
    made = Path(parent, name)
    made.mkdir()
    return made


def timed(work: Callable[[], str]) -> tuple[str, float]:
    began = time.perf_counter()
    return work(), time.perf_counter() - began


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def shown(rows: Sequence[Measured]) -> str:
    """A row for each measure, a column for each size."""
    columns = {f"{row.events:,}": {**vars(row), "import and FULL": row.to_active} for row in rows}
    return pd.DataFrame(columns).to_string(float_format="{:,.3f}".format)


def verdict(rows: Sequence[Measured]) -> int:
    """Print how the largest data stands to each bar, and the growth; 0 if all are reached, else 1."""
    largest = rows[-1]
    bars = [
        _at_most("CSV in S3 to ACTIVE, seconds", largest.to_active, MOST_SECONDS),
        _at_most("memory, GB", largest.peak_gb, MOST_GB),
        _at_most("UPDATE, part of FULL", largest.update / largest.full, MOST_OF_FULL),
        _at_most("a FULL's NDCG@25 is times the UPDATE's", largest.ndcg_full / largest.ndcg_update, 1 / LEAST_OF_NDCG),
        _at_most("batch for everyone, seconds", largest.batch, MOST_BATCH_SECONDS),
        _at_most(f"GetRecommendations p99 with {load.CLIENTS} clients, ms", largest.p99_ms, MOST_P99_MS),
    ]
    if len(rows) > 1:
        smaller = rows[-2]
        times = largest.events / smaller.events
        growth = largest.to_active / smaller.to_active
        bars.append(_at_most(f"import and FULL for {times:g} times the events, times", growth, MOST_GROWTH * times))
    print("\nThe bar is reached." if all(bars) else "\nBELOW THE BAR.")
    return 0 if all(bars) else 1


def _at_most(what: str, value: float, most: float) -> bool:
    print(f"{'ok  ' if value <= most else 'MISS'} {what}: {value:.3f} (at most {most:.3f})")
    return value <= most


if __name__ == "__main__":
    sys.exit(main())
