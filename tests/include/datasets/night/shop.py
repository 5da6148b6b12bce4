"""A shop whose nights are planned, checked, gathered and recorded on a real S3 server, as the DAG does it."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow.parquet as pq

from include import workspace
from include.config import Dataset, Storage
from include.datasets.night import gather, known, planning, portion
from include.datasets.night.planning import Fate
from include.datasets.night.recording import record
from include.datasets.night.records import Night, Plan, Window
from include.s3 import Place, open_text, under

START = datetime(2026, 11, 22, 3, tzinfo=UTC)
EVENTS = 1_700_000_000
FIELDS: dict[str, list[dict[str, Any]]] = {
    "interactions": [
        {"name": "USER_ID", "type": "string"},
        {"name": "ITEM_ID", "type": "string"},
        {"name": "EVENT_TYPE", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
    ],
    "items": [
        {"name": "ITEM_ID", "type": "string"},
        {"name": "TITLE", "type": ["null", "string"]},
        {"name": "PRICE", "type": ["null", "float"]},
    ],
    "users": [{"name": "USER_ID", "type": "string"}, {"name": "AGE", "type": ["null", "int"]}],
}


class Shop:
    """Files dropped and nights taken; `fates` says what became of runs that were not recorded."""

    def __init__(self, s3: Any, storage: Storage) -> None:
        self.s3, self.storage = s3, storage
        self.fates: dict[str, Fate] = {}
        self.fields = dict(FIELDS)
        self.settings: dict[str, Any] = {}
        self.now = START
        self.imported: set[str] = set()

    def dataset(self, dataset_type: str) -> Dataset:
        return Dataset(schema=self.fields[dataset_type], **self.settings)

    def drop(self, key: str, body: str | bytes | Sequence[str]) -> str:
        """Put an object below incoming; lines stand below the header of the dataset's schema."""
        if not isinstance(body, str | bytes):
            header = ",".join(field["name"] for field in self.fields[key.partition("/")[0]])
            body = "\n".join([header, *body, ""])
        place = Place.of(self.storage.incoming) / key
        self.s3.put_object(Bucket=place.bucket, Key=place.key, Body=body)
        return str(place)

    def plan(
        self, run_key: str, dataset_type: str = "interactions", window: Window | None = None, spent: bool = False
    ) -> Plan:
        return planning.plan(
            self.s3,
            self.storage,
            dataset_type,
            self.dataset(dataset_type),
            (run_key, "shop.import_datasets", f"run {run_key}"),
            lambda plan: self.fates.get(plan.run_key, "over"),
            window,
            lambda: spent,
        )

    def gathered(self, plan: Plan, **options: Any) -> Night:
        """Check and gather a planned night."""
        kind = plan.dataset_type
        facts = (self.s3, self.storage, kind, self.dataset(kind), plan)
        portions = [portion.check_portion(*facts, number, self.now) for number in range(len(plan.portions))]
        options = {"has_import": kind in self.imported, "now": self.now, **options}
        return gather.gather(*facts, portions, **options)

    def night(self, run_key: str, dataset_type: str = "interactions", **options: Any) -> Night:
        """Plan, check, gather, import and record a night; the next one is a day later."""
        plan = self.plan(run_key, dataset_type)
        night = self.gathered(plan, **options)
        self.record(plan)
        return night

    def record(self, plan: Plan) -> None:
        night = record(self.s3, self.storage, plan, self.now)
        if night and night.channel == "import":
            self.imported.add(plan.dataset_type)
        self.now += timedelta(days=1)

    def known_ids(self) -> Mapping[str, tuple[str, ...]]:
        return known.ids(self.s3, self.storage, ["items", "users"])

    def staged(self, night: Night) -> list[dict[str, str]]:
        """What the import job reads."""
        files = under(self.s3, Place.of((night.location or "").rstrip("/")))
        return [row for file in files for row in csv.DictReader(open_text(self.s3, file.place), **workspace.DIALECT)]

    def quarantined(self, night: Night) -> Iterator[dict[str, str]]:
        for uri in night.quarantine:
            yield from csv.DictReader(open_text(self.s3, Place.of(uri)))

    def parquet(self, uri: str | None) -> list[dict[str, Any]]:
        place = Place.of(uri or "")
        body = self.s3.get_object(Bucket=place.bucket, Key=place.key)["Body"].read()
        rows: list[dict[str, Any]] = pq.read_table(io.BytesIO(body)).to_pylist()
        return rows


def events(count: int, first: int = 0, who: Callable[[int], str] = lambda number: f"u{number % 97}") -> list[str]:
    """CSV lines of interactions, no two alike, a second apart."""
    return [f"{who(n)},i{n % 31},watch,{EVENTS + n}" for n in range(first, first + count)]
