"""A dataset that events go to, on a real server, and nights to send."""

import csv
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pyarrow as pa
import pytest

from tests.include.local_personalize.running import Server
from tests.include.local_personalize.shop import BUCKET, ROLE, LocalShop

FIELDS = [
    ("USER_ID", "string"),
    ("ITEM_ID", "string"),
    ("TIMESTAMP", "long"),
    ("EVENT_TYPE", "string"),
    ("EVENT_VALUE", ["null", "float"]),
    ("IMPRESSION", ["null", "string"]),
    ("RECOMMENDATION_ID", ["null", "string"]),
    ("EVENT_ATTRIBUTION_SOURCE", ["null", "string"]),
    ("DEVICE", ["null", "string"], "categorical"),
    ("NUM_RATINGS", ["null", "int"]),
    ("SEEN_MS", "long"),
    ("WEIGHT", ["null", "double"]),
    ("IS_MEMBER", ["null", "boolean"]),
]
ARROW = {"string": pa.string(), "long": pa.int64(), "int": pa.int64(), "float": pa.float64(), "double": pa.float64()}


def night(rows: int) -> pa.Table:
    """Rows of 40 users, no two alike, with every type and every column sometimes null."""
    made = [
        {
            "USER_ID": f"u{n % 40}",
            "ITEM_ID": f"i{n % 31}",
            "TIMESTAMP": 1_700_000_000 + 7 * n,
            "EVENT_TYPE": ("view", "buy")[n % 2],
            "EVENT_VALUE": n / 10 if n % 3 else None,
            "IMPRESSION": f"i{n % 31}|i1" if n % 4 else None,
            "RECOMMENDATION_ID": f"RID-{n}" if n % 5 else None,
            "EVENT_ATTRIBUTION_SOURCE": "mail, weekly" if n % 6 else None,
            "DEVICE": ('TV "55"', "größer|🛒", "a\\b")[n % 3] if n % 7 else None,
            "NUM_RATINGS": -n if n % 8 else None,
            "SEEN_MS": 2**53 + n,
            "WEIGHT": 1 / (n + 1) if n % 9 else None,
            "IS_MEMBER": n % 2 == 0 if n % 10 else None,
        }
        for n in range(rows)
    ]
    types = [(name, kind if isinstance(kind, str) else kind[-1]) for name, kind, *_ in FIELDS]
    return pa.Table.from_pylist(made, pa.schema([(name, ARROW.get(kind, pa.bool_())) for name, kind in types]))


class EventsShop(LocalShop):
    """A group with an event tracker, and what its dataset has."""

    def track(self) -> None:
        self.of = self.group()
        self.interactions = self.dataset(self.of, "Interactions", FIELDS)
        tracker = self.api.create_event_tracker(name=self.name("tracker"), datasetGroupArn=self.of)
        self.tracking_id = tracker["trackingId"]

    def exported(self, s3: Any, mode: str) -> list[dict[str, str]]:
        """The rows of an export of BULK or PUT data, in an order that says nothing."""
        prefix = self.name("exports")
        destination = {"s3DataDestination": {"path": f"s3://{BUCKET}/{prefix}"}}
        request = {"datasetArn": self.interactions, "roleArn": ROLE, "ingestionMode": mode, "jobOutput": destination}
        job = self.api.create_dataset_export_job(jobName=self.name("export"), **request)["datasetExportJobArn"]
        assert self.settled("dataset_export_job", job)["status"] == "ACTIVE"
        found = s3.list_objects_v2(Bucket=BUCKET, Prefix=f"{prefix}/")["Contents"]
        texts = [s3.get_object(Bucket=BUCKET, Key=each["Key"])["Body"].read().decode() for each in found]
        rows = [row for text in texts for row in csv.DictReader(text.splitlines(), escapechar="\\", doublequote=False)]
        return sorted(rows, key=lambda row: int(row["TIMESTAMP"]))

    def counted(self) -> list[str]:
        """The eventIds of the events that count: exports show equal rows once, whether they count once or not."""
        return [event_id for (event_id,) in self._select("event_id FROM put_events WHERE NOT repeated")]

    def sessions(self) -> int:
        """How many sessions the events are of."""
        ((sessions,),) = self._select("count(DISTINCT session_id) FROM put_events WHERE TRUE")
        return int(sessions)

    def _select(self, query: str) -> list[tuple[Any, ...]]:
        database = self.server.data / "state.sqlite"
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            return connection.execute(f"SELECT {query} AND dataset_arn = ?", (self.interactions,)).fetchall()


@pytest.fixture
def events_shop(server: Server, name: Callable, put: Callable) -> EventsShop:
    shop = EventsShop(server, name, put)
    shop.track()
    return shop


@pytest.fixture
def faults(server: Server) -> Any:
    """Makes the service fail, until the end of the test."""
    yield lambda *rules: server.http("PUT", "/_local/faults", json=rules).raise_for_status()
    server.http("DELETE", "/_local/faults").raise_for_status()
