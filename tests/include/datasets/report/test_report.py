"""The report as people read it: whole pages, so that a change of wording is seen as they will see it."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.datasets.night.records import Night, SourceObject, Window
from include.datasets.report import Example, Report, as_record, as_text, mail_subject
from tests.include.datasets.nights import RUN, night

EVENING = datetime(2026, 11, 21, 23, 59, 58, tzinfo=UTC)
MORNING = datetime(2026, 11, 22, 5, tzinfo=UTC)  # five hours later
ARN = "arn:aws:personalize:us-east-1:000000000000:dataset-import-job/movies-interactions-20261122T010000-1a2b3c4d"


def files(dataset_type: str, *sizes: int) -> tuple[SourceObject, ...]:
    folder = f"s3://movies-incoming/{dataset_type}"
    return tuple(SourceObject(f"{folder}/part-{number}.csv", "e", size) for number, size in enumerate(sizes))


def report(*nights: Night, **facts: Any) -> Report:
    return Report("movies", RUN, nights, MORNING, **facts)


BUSY = report(
    night(
        "interactions",
        channel="import",
        rows_read=97_729,
        rows_imported=97_722,
        rows_quarantined=3,
        duplicates={"repeated": 4, "unchanged": 0, "superseded": 0},
        reasons={"TIMESTAMP": 2, "whole row": 1},
        quarantine=(f"s3://movies-workspace/quarantine/interactions/{RUN}/part-00000.csv",),
        refused=(
            {
                "uri": "s3://movies-incoming/interactions/till.csv",
                "reason": "s3://movies-incoming/interactions/till.csv, line 1: the bytes are UTF-16. "
                "Save it as UTF-8 and put it in the same place.",
            },
        ),
        warnings=(
            "97,729 rows tonight, usually 9,870 (median of 14 nights): 890 % more; checks.volume.warn is 50 %.",
        ),
        watermark=int(EVENING.timestamp()),
        sources=files("interactions", 2_000_000, 500_000, 30_000, 4_000, 200),
        statistics={"rows": 97_729},
    ),
    night(
        "items",
        channel="import",
        import_mode="FULL",
        rows_read=1_682,
        rows_imported=1_670,
        duplicates={"repeated": 0, "unchanged": 10, "superseded": 2},
        sources=files("items", 64_000),
        note="FULL: the last one was 30 days ago.",
    ),
    night("users", channel="nothing", window=Window("2026-11-21T00:00:00", "2026-11-22T00:00:00")),
    jobs={"interactions": ARN},
    examples={
        "interactions": (
            Example(
                "s3://movies-incoming/interactions/part-0.csv",
                4_102,
                "TIMESTAMP",
                "1700000000000 is in milliseconds; Personalize reads seconds",
                "u17,i3,1700000000000,view",
            ),
            Example("s3://movies-incoming/interactions/part-1.csv", 9, "whole row", "2 cells, not 4", "u1\ti2,``` x"),
        )
    },
)  # fmt: skip

NOTHING = report(night("interactions"), night("items"), night("users"))

CARRIED = report(
    night(
        "interactions",
        channel="carried",
        rows_read=302,
        rows_carried=300,
        rows_quarantined=1,
        duplicates={"repeated": 1, "unchanged": 0, "superseded": 0},
        reasons={"USER_ID": 1},
        quarantine=(f"s3://movies-workspace/quarantine/interactions/{RUN}/part-00000.csv",),
        sources=files("interactions", 9_000),
        note="Personalize imports no fewer than 1,000 interactions.",
    )
)

EVENTS = report(
    night(
        "interactions",
        channel="events",
        rows_read=999,
        rows_imported=999,
        watermark=int(MORNING.timestamp()) + 7_200,
        sources=files("interactions", 27_000),
    )
)

STOPPED = report(
    night("items", channel="import", rows_read=5, rows_imported=5, sources=files("items", 300), note="5 new rows"),
    night(
        "interactions",
        channel="import",
        rows_read=1_000,
        rows_imported=400,
        rows_quarantined=600,
        reasons={"TIMESTAMP": 600},
        quarantine=(f"s3://movies-workspace/quarantine/interactions/{RUN}/part-00000.csv",),
        sources=files("interactions", 30_000),
        warnings=("60 % of the rows read were quarantined; checks.quarantined.stop is 50 %.",),
        watermark=int(EVENING.timestamp()),
    ),
    stopped={"interactions": "60 % of the rows read were quarantined; checks.quarantined.stop is 50 %. Mend the data."},
)

BUSY_PAGE = """\
Imported 97,722 interactions and 1,670 items of movies. 3 rows were quarantined. 1 file was refused.
Nothing was lost: 99,411 rows read = 99,392 imported + 16 duplicate + 3 quarantined + 0 carried.

dataset       rows read  = imported  + duplicate  + quarantined  + carried  how
───────────────────────────────────────────────────────────────────────────────────────────────
interactions     97,729      97,722            4              3          0  import, INCREMENTAL
items             1,682       1,670           12              0          0  import, FULL
users                 0           0            0              0          0  nothing new

Newest event: 2026-11-21 23:59:58 UTC, 5 hours old.

Warnings
  interactions: 97,729 rows tonight, usually 9,870 (median of 14 nights): 890 % more;
    checks.volume.warn is 50 %.

Refused: no row of these files was used
  interactions: s3://movies-incoming/interactions/till.csv, line 1: the bytes are UTF-16. Save it as
    UTF-8 and put it in the same place.

Quarantined: rows as they came, each with its line and reason
  interactions: s3://movies-workspace/quarantine/interactions/20261122T010000-1a2b3c4d/
    TIMESTAMP: 2 rows
      line 4,102 of s3://movies-incoming/interactions/part-0.csv: 1700000000000 is in milliseconds;
        Personalize reads seconds
      | u17,i3,1700000000000,view
    whole row: 1 row
      line 9 of s3://movies-incoming/interactions/part-1.csv: 2 cells, not 4
      | u1\\ti2,``` x

Duplicate: not sent
  interactions: 4 repeated (the same row again)
  items: 10 unchanged (as Personalize has them), 2 superseded (a later row has the same id)

Read from
  interactions: 5 files, 2.5 MB: part-0.csv, part-1.csv, part-2.csv and 2 more
  items: 1 file, 64.0 kB: part-0.csv
  users: the query's rows above 2026-11-21T00:00:00 up to 2026-11-22T00:00:00

Import jobs
  interactions:
    arn:aws:personalize:us-east-1:000000000000:dataset-import-job/movies-interactions-20261122T010000-1a2b3c4d

Notes
  items: FULL: the last one was 30 days ago.

Next: training starts. A refused file that is mended in its place is read by the next run.
"""
NOTHING_PAGE = """\
Nothing new came for movies.

Next: nothing was imported, so no training is paid for.
"""
CARRIED_PAGE = """\
Nothing of movies was imported. 300 rows were carried to the next night. 1 row was quarantined.
Nothing was lost: 302 rows read = 0 imported + 1 duplicate + 1 quarantined + 300 carried.

dataset       rows read  = imported  + duplicate  + quarantined  + carried  how
───────────────────────────────────────────────────────────────────────────────────
interactions        302           0            1              1        300  carried

Quarantined: rows as they came, each with its line and reason
  interactions: s3://movies-workspace/quarantine/interactions/20261122T010000-1a2b3c4d/
    USER_ID: 1 row

Duplicate: not sent
  interactions: 1 repeated (the same row again)

Read from
  interactions: 1 file, 9.0 kB: part-0.csv

Notes
  interactions: Personalize imports no fewer than 1,000 interactions.

Next: nothing was imported, so no training is paid for. The next night takes the 300 rows carried.
"""
EVENTS_PAGE = """\
Sent 999 interactions of movies by PutEvents. No row was quarantined.
Nothing was lost: 999 rows read = 999 imported + 0 duplicate + 0 quarantined + 0 carried.

dataset       rows read  = imported  + duplicate  + quarantined  + carried  how
─────────────────────────────────────────────────────────────────────────────────────
interactions        999         999            0              0          0  PutEvents

Newest event: 2026-11-22 07:00:00 UTC, 2 hours in the future: a clock is wrong.

Read from
  interactions: 1 file, 27.0 kB: part-0.csv

Next: training starts.
"""
STOPPED_PAGE = """\
Stopped: no interactions of movies were imported. Imported 5 items of movies. 600 rows were
quarantined.
Nothing was lost: 5 rows read = 5 imported + 0 duplicate + 0 quarantined + 0 carried.

dataset  rows read  = imported  + duplicate  + quarantined  + carried  how
──────────────────────────────────────────────────────────────────────────────────────────
items            5           5            0              0          0  import, INCREMENTAL

Not imported
  interactions: 60 % of the rows read were quarantined; checks.quarantined.stop is 50 %. Mend the
    data.

Quarantined: rows as they came, each with its line and reason
  interactions: s3://movies-workspace/quarantine/interactions/20261122T010000-1a2b3c4d/
    TIMESTAMP: 600 rows

Read from
  items: 1 file, 300 bytes: part-0.csv
  interactions: 1 file, 30.0 kB: part-0.csv

Next: training starts. What was not imported waits for a person.
"""


@pytest.mark.parametrize(
    ("night_of", "page"),
    [
        pytest.param(BUSY, BUSY_PAGE, id="busy"),
        pytest.param(NOTHING, NOTHING_PAGE, id="nothing"),
        pytest.param(CARRIED, CARRIED_PAGE, id="carried"),
        pytest.param(EVENTS, EVENTS_PAGE, id="events"),
        pytest.param(STOPPED, STOPPED_PAGE, id="stopped"),
    ],
)
def test_the_page_that_people_read(night_of: Report, page: str) -> None:
    assert as_text(night_of) == page


@pytest.mark.parametrize(
    ("night_of", "subject", "needs_a_person"),
    [
        (BUSY, "[airflow] movies: 1 file refused, 1 warning and 3 rows quarantined", True),
        (NOTHING, "[airflow] Nothing new came for movies", False),
        (CARRIED, "[airflow] Nothing of movies was imported", False),
        (EVENTS, "[airflow] Sent 999 interactions of movies by PutEvents", False),
        (STOPPED, "[airflow] movies: interactions stopped and 600 rows quarantined", True),
    ],
)
def test_the_subject_says_what_needs_a_person(night_of: Report, subject: str, needs_a_person: bool) -> None:
    """One row quarantined of 302 is below the check's 1 %, or the check would have warned: nobody is called for it."""
    assert mail_subject(night_of) == subject
    assert night_of.needs_a_person is needs_a_person


def test_a_file_refused_alone_is_told_although_no_row_was_read() -> None:
    refused = report(night("items", refused=({"uri": "s3://in/items/a.csv", "reason": "no header"},)))

    assert as_text(refused) == (
        "Nothing of movies was imported. 1 file was refused.\n\n"
        "Refused: no row of these files was used\n"
        "  items: s3://in/items/a.csv: no header\n\n"
        "Next: nothing was imported, so no training is paid for. "
        "A refused file that is mended in its place\nis read by the next run.\n"
    )


def test_a_dataset_that_was_lost_is_imported_again_although_nothing_is_new() -> None:
    again = report(night("interactions", channel="import", import_mode="FULL", rows_read=3, duplicates={"repeated": 3}))

    assert as_text(again).startswith("Imported all interactions, again, of movies.")
    assert again.brings_news


def test_the_record_has_the_run_in_numbers_and_survives_json() -> None:
    record = json.loads(json.dumps(as_record(BUSY)))
    interactions = record["datasets"]["interactions"]

    assert {name: number for name, number in record.items() if name.startswith("rows_")} == {
        "rows_read": 97_729 + 1_682,
        "rows_imported": 97_722 + 1_670,
        "rows_duplicate": 4 + 12,
        "rows_quarantined": 3,
        "rows_carried": 0,
    }
    assert record["newest_event"] == "2026-11-21T23:59:58+00:00"
    assert record["needs_a_person"] is True
    assert set(record["datasets"]) == {"interactions", "items", "users"}
    assert interactions["dataset_import_job_arn"] == ARN
    assert interactions["sources"][0] == {
        "uri": "s3://movies-incoming/interactions/part-0.csv",
        "etag": "e",
        "size": 2_000_000,
    }
    assert interactions["examples"][0]["row"] == "u17,i3,1700000000000,view"
    assert interactions["refused"][0]["uri"] == "s3://movies-incoming/interactions/till.csv"
    assert record["datasets"]["users"]["window"]["high"] == "2026-11-22T00:00:00"


def test_what_was_stopped_is_in_the_record_and_not_in_its_counts() -> None:
    record = json.loads(json.dumps(as_record(STOPPED)))

    assert (record["rows_read"], record["rows_imported"], record["newest_event"]) == (5, 5, None)
    assert set(record["datasets"]) == {"items"}
    assert record["stopped"]["interactions"].startswith("60 % of the rows read were quarantined")
    assert record["would_have_been"]["interactions"]["rows_quarantined"] == 600


words = st.text(max_size=150)


@settings(max_examples=60, deadline=None)
@given(words, words, words, words)
def test_nothing_that_users_wrote_breaks_the_page(row: str, reason: str, name: str, note: str) -> None:
    """In a Markdown code block, in a log, in a mail: a fence, an escape sequence or a line break would end it."""
    nasty = report(
        night(
            "interactions",
            rows_read=1,
            rows_quarantined=1,
            reasons={"whole row": 1},
            warnings=(reason,),
            refused=({"uri": name, "reason": reason},),
            note=f"``` {note}",
        ),
        examples={"interactions": (Example(name, 1, "whole row", reason, f"```{row}"),)},
    )

    lines = as_text(nasty).split("\n")

    assert all(line.isprintable() for line in lines)
    assert not any(re.match(" {0,3}(```|~~~)", line) for line in lines)
    assert all(len(line) <= 100 or max(map(len, line.split(" "))) > 90 for line in lines)
