"""The report of a night that really happened: files in S3, planned, checked, gathered, recorded, and told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.config import Storage
from include.datasets.night.gather import NightStoppedError
from include.datasets.report import Report, as_text, first_of_each_column, mail_subject
from tests.include.datasets.night.shop import EVENTS, Shop, events

RUN = "20261123T030000-1a2b3c4d"


@pytest.fixture
def shop(s3: Any, bucket: str) -> Shop:
    place = f"s3://{bucket}"
    return Shop(s3, Storage(incoming=f"{place}/in", workspace=f"{place}/work", delivery=f"{place}/out"))


PAGE = """\
Imported 1,200 interactions and 2 items of shop. 3 rows were quarantined. 1 file was refused.
Nothing was lost: 1,208 rows read = 1,202 imported + 3 duplicate + 3 quarantined + 0 carried.

dataset       rows read  = imported  + duplicate  + quarantined  + carried  how
───────────────────────────────────────────────────────────────────────────────────────────────
interactions      1,205       1,200            2              3          0  import, INCREMENTAL
items                 3           2            1              0          0  import, INCREMENTAL

Newest event: 2023-11-14 22:58:19 UTC, 5 hours old.

Refused: no row of these files was used
  interactions: s3://test-000000000000/in/interactions/till.csv, line 1: the file is UTF-16. Save it
    as UTF-8.

Quarantined: rows as they came, each with its line and reason
  interactions: s3://test-000000000000/work/quarantine/interactions/20261123T030000-1a2b3c4d/
    TIMESTAMP: 2 rows
      line 1,202 of s3://test-000000000000/in/interactions/web.csv: TIMESTAMP is 1700000000000:
        milliseconds, it seems; Personalize takes epoch seconds
      | u1,i1,watch,1700000000000
    USER_ID: 1 row
      line 1,203 of s3://test-000000000000/in/interactions/web.csv: USER_ID is empty
      | ,i2,watch,1700000000

Duplicate: not sent
  interactions: 2 repeated (the same row again)
  items: 1 unchanged (as Personalize has them)

Read from
  interactions: 2 files, 29.7 kB: app.csv, web.csv
  items: 1 file, 51 bytes: new.csv

Next: training starts. A refused file that is mended in its place is read by the next run.
"""


def test_a_real_night(s3: Any, shop: Shop, bucket: str) -> None:
    """1,500 events, and the night after that 1,200 new ones with two of yesterday's and three that are not sound."""
    shop.drop("interactions/history.csv", events(1_500))
    shop.drop("items/catalogue.csv", ["i0,One,1.5", "i1,Two,"])
    shop.night("20261122T030000-1a2b3c4d")
    shop.night("20261122T030000-1a2b3c4d", "items")
    unsound = [f"u1,i1,watch,{EVENTS}000", ",i2,watch,1700000000", "u3,i3,watch,2023-11-14"]
    shop.drop("interactions/web.csv", events(1_200, first=1_500) + unsound)
    shop.drop("interactions/app.csv", events(2))
    shop.drop("interactions/till.csv", "USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n".encode("utf-16"))
    shop.drop("items/new.csv", ["i0,One,1.5", "i1,Two,3", "i2,Three,2"])
    nights = tuple(shop.night(RUN, kind) for kind in ("interactions", "items"))

    report = Report(
        "shop",
        RUN,
        nights,
        written_at=datetime.fromtimestamp(EVENTS + 2_699, UTC) + timedelta(hours=5),
        examples={night.dataset_type: first_of_each_column(s3, night.quarantine) for night in nights},
    )

    assert as_text(report).replace(bucket, "test-000000000000") == PAGE
    assert mail_subject(report) == "[airflow] shop: 1 file refused and 3 rows quarantined"


def test_a_night_that_a_threshold_stops_is_told_with_its_rows_in_quarantine(s3: Any, shop: Shop) -> None:
    """Three nights of 2,000 events make that the usual; (2,000 - 1,000) / 2,000 is the half at which it stops."""
    shop.settings = {"checks": {"volume": {"stop": 0.5}}}
    for day in range(3):
        shop.drop(f"interactions/day-{day}.csv", events(2_000, first=2_000 * day))
        shop.night(f"2026112{day}T030000-1a2b3c4d")
    shop.drop("interactions/half.csv", [*events(1_000, first=6_000), "u1,,watch,1700000000"])
    plan = shop.plan(RUN)

    with pytest.raises(NightStoppedError) as stop:
        shop.gathered(plan)
    night = stop.value.night
    examples = {"interactions": first_of_each_column(s3, night.quarantine)}
    stopped = {"interactions": str(stop.value)}
    page = as_text(Report("shop", RUN, (night,), shop.now, examples=examples, stopped=stopped))

    assert page.startswith("Stopped: no interactions of shop were imported. 1 row was quarantined.\n\nNot imported\n")
    assert "1,000 rows tonight, usually 2,000 (median of 3 nights): 50 % fewer;" in page
    assert "      | u1,,watch,1700000000\n" in page
    assert "no training is paid for" in page
