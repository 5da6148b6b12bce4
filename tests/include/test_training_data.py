"""Facts of what was trained on: of tables whose facts are known, and of nights on a real S3 server."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from include import training_data
from include.config import Storage
from include.datasets.night import written
from include.datasets.night.places import NightPlaces
from include.s3 import upload
from tests.include.datasets.nights import night

DAY = 86_400
NOW = 1_800_000_000


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def rows(users: Sequence[str], items: Sequence[str], times: Sequence[int], types: Sequence[str | None]) -> pa.Table:
    return pa.table({"USER_ID": users, "ITEM_ID": items, "TIMESTAMP": times, "EVENT_TYPE": types})


def test_the_last_four_weeks_are_counted(connection: duckdb.DuckDBPyConnection) -> None:
    newest = NOW - 2 * DAY
    times = [newest, newest - 6 * DAY, newest - 8 * DAY, newest - 27 * DAY, newest - 29 * DAY]
    table = rows(["a", "a", "b", "c", "d"], ["x", "y", "x", "x", "z"], times, ["click", "click", "cart", None, "click"])
    connection.register("given", table)

    assert training_data.measured(connection, "SELECT * FROM given", NOW) == {
        "rows": 4,
        "recent_rows": 2,
        "users": 3,
        "items": 2,
        "age_days": 2.0,
        "busy": 0.0,
        "tied": 0.0,
        "rows of cart": 1,
        "rows of click": 2,
    }


def test_crawlers_and_rows_that_share_a_second(connection: duckdb.DuckDBPyConnection) -> None:
    crawled = [NOW // DAY * DAY - DAY + second for second in range(40)]  # 40 rows of one user's day: more than 30
    table = rows(
        ["bot"] * 40 + ["a", "a", "a"] + ["b"] * 7,
        [f"i{number}" for number in range(50)],
        crawled + [NOW - 5] * 2 + [NOW - 9] + [NOW - DAY * place for place in range(7)],
        [None] * 50,
    )
    connection.register("given", table)

    found = training_data.measured(connection, "SELECT * FROM given", NOW)

    assert (found["busy"], found["tied"]) == (40 / 50, 2 / 50)


def test_without_rows_there_are_no_facts(connection: duckdb.DuckDBPyConnection) -> None:
    connection.register("given", rows([], [], [], []))

    assert training_data.measured(connection, "SELECT * FROM given", NOW) == {}


def test_nights_that_the_training_had_and_the_solution_trains_on(s3: Any, bucket: str, tmp_path: Path) -> None:
    storage = Storage(incoming=f"s3://{bucket}/in", workspace=f"s3://{bucket}/work", delivery=f"s3://{bucket}/out")
    for number, users in enumerate((["a", "b", "b"], ["c"])):
        file = tmp_path / f"{number}.parquet"
        times = [NOW + number * DAY + second for second in range(len(users))]
        types = ["click", "cart", "click"][: len(users)]
        pq.write_table(rows(users, ["x"] * len(users), times, types), file)
        places = NightPlaces(storage, "interactions", f"2027010{number + 1}T000000-{number:08x}")
        facts = {
            "run_key": places.run_key,
            "channel": "import",
            "rows_read": len(users),
            "rows_imported": len(users),
            "archive": upload(s3, file, places.archive),
            "watermark": max(times),
            "recorded_at": f"2027-01-0{number + 1}T00:00:00.000000+00:00",
        }
        written.write_record(s3, places, night(**facts))

    def users_seen(day: int, **solution: Any) -> float | None:
        began = datetime(2027, 1, day, 12, tzinfo=UTC)
        return training_data.facts(s3, storage, began, solution).get("users")

    assert users_seen(1) == 2
    assert users_seen(2) == 3
    assert users_seen(2, eventType="cart") == 1
    assert users_seen(1, eventType="return") is None
