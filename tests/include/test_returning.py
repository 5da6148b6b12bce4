"""Who was active lately, and what they did later, by nights on a real S3 server."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from include import returning
from include.config import Storage
from include.datasets.night import written
from include.datasets.night.places import NightPlaces
from include.s3 import upload
from tests.include.datasets.nights import night

SINCE = datetime(2026, 11, 22, 3, 30, 15, tzinfo=UTC)
Row = tuple[str, str, int]


@pytest.fixture
def storage(bucket: str) -> Storage:
    return Storage(incoming=f"s3://{bucket}/in", workspace=f"s3://{bucket}/work", delivery=f"s3://{bucket}/out")


class Nights:
    """Recorded nights; `at` is when their runs were due."""

    def __init__(self, s3: Any, storage: Storage, folder: Path) -> None:
        self.s3, self.storage, self.folder = s3, storage, folder
        self.count = 0

    def record(self, at: str, rows: Sequence[Row], event_types: Sequence[str] = ()) -> None:
        """(user, item, TIMESTAMP) of a night that Personalize has."""
        self.count += 1
        run_key = f"{at}-{self.count:08x}"
        users, items, times = zip(*rows, strict=True)
        columns = {"USER_ID": users, "ITEM_ID": items, "TIMESTAMP": times}
        if event_types:
            columns["EVENT_TYPE"] = tuple(event_types)
        file = self.folder / f"{run_key}.parquet"
        pq.write_table(pa.table(columns), file)
        places = NightPlaces(self.storage, "interactions", run_key)
        facts = {
            "run_key": run_key,
            "channel": "import",
            "rows_read": len(rows),
            "rows_imported": len(rows),
            "archive": upload(self.s3, file, places.archive),
            "watermark": max(times),
            "recorded_at": f"2026-11-22T{self.count:02}:00:00.000000+00:00",
        }
        written.write_record(self.s3, places, night(**facts))


@pytest.fixture
def nights(s3: Any, storage: Storage, tmp_path: Path) -> Nights:
    return Nights(s3, storage, tmp_path)


def test_users_of_the_last_nights_are_drawn_evenly_and_anew_each_time(
    s3: Any, storage: Storage, nights: Nights
) -> None:
    assert returning.active_lately(s3, storage, 10, "a") == []
    nights.record("20261101T010000", [("long-gone", "i", 1)])
    for number in range(returning.NIGHTS):
        nights.record(
            f"202611{number + 2:02}T010000", [(f"u{user}", "i", user) for user in range(10 * number, 10 * number + 20)]
        )

    everyone = returning.active_lately(s3, storage, 1_000, "a")
    some, others = (returning.active_lately(s3, storage, 40, draw) for draw in "ab")

    assert everyone == sorted(f"u{user}" for user in range(150))  # nights overlap; each user once
    assert len(set(some)) == len(set(others)) == 40
    assert set(some) < set(everyone)
    assert some != others
    assert some == returning.active_lately(s3, storage, 40, "a")
    # Of 150, 40 are drawn: 20 of the first 75, give or take 4 standard deviations of sqrt(20 * 110 / 149 / 2) = 2.7.
    assert abs(sum(int(user[1:]) < 75 for user in some) - 20) < 11


def test_later_items_are_of_nights_that_personalize_cannot_have_had(s3: Any, storage: Storage, nights: Nights) -> None:
    nights.record("20261121T010000", [("u1", "old", 100), ("u2", "old", 90)])
    nights.record("20261122T033015", [("u1", "meanwhile", 110)])  # due in the very second
    nights.record("20261122T033016", [("u1", "a", 120), ("u1", "b", 121), ("u1", "a", 130), ("nobody", "a", 122)])
    nights.record("20261123T010000", [("u1", "c", 140), ("u2", "late", 110), ("u2", "d", 111), ("u3", "e", 150)])

    later = returning.later_items(s3, storage, ["u1", "u2", "u4"], SINCE, {})

    # All up to 110 was there; "late" is not later than that, "nobody" and u3 were not asked for, u4 did nothing.
    assert later == {"u1": {"a", "b", "c"}, "u2": {"d"}}


def test_nobody_comes_back_where_no_night_is_later(s3: Any, storage: Storage, nights: Nights) -> None:
    nights.record("20261121T010000", [("u1", "i", 100)])

    assert returning.later_items(s3, storage, ["u1"], SINCE, {}) == {}


def test_only_what_the_solution_trains_on_counts(s3: Any, storage: Storage, nights: Nights) -> None:
    nights.record("20261123T010000", [("u1", "a", 1), ("u1", "b", 2), ("u2", "c", 3)], ["buy", "view", "view"])

    assert returning.later_items(s3, storage, ["u1", "u2"], SINCE, {"eventType": "buy"}) == {"u1": {"a"}}


@pytest.mark.parametrize(
    ("solution", "counted"),
    [
        ({"name": "x"}, [1, 2, 3, 4]),
        ({"eventType": "buy"}, [1, 2]),
        ({"eventType": "it's"}, [4]),
        ({"solutionConfig": {"eventValueThreshold": "3"}}, [2, 3]),
        ({"eventType": "buy", "solutionConfig": {"eventValueThreshold": "3"}}, [2]),
        (
            {
                "solutionConfig": {
                    "eventsConfig": {
                        "eventParametersList": [
                            {"eventType": "buy", "eventValueThreshold": 2.5, "weight": 1.0},
                            {"eventType": "it's"},
                            {"eventType": "view", "weight": 0.0},
                        ]
                    }
                }
            },
            [2, 4],
        ),
    ],
)
def test_conditions_are_those_of_the_request(solution: dict[str, Any], counted: list[int]) -> None:
    rows = "VALUES (1, 'buy', 1.0), (2, 'buy', 4.0), (3, 'view', 3.0), (4, 'it''s', NULL)"
    table = f"({rows}) AS t(id, EVENT_TYPE, EVENT_VALUE)"

    found = duckdb.sql(f"SELECT id FROM {table} WHERE {returning.counting(solution)} ORDER BY id").fetchall()

    assert [number for (number,) in found] == counted
