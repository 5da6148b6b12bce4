"""What Personalize has is written down once it has it, and only then."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from include.config import Storage
from include.datasets.night import written
from include.datasets.night.claims import ClaimLostError, assert_claimed
from include.datasets.night.places import NightPlaces
from include.datasets.night.records import Night, Plan


def record(s3: Any, storage: Storage, plan: Plan, now: datetime, import_job: str | None = None) -> Night | None:
    """Write down that a gathered night is in Personalize, and return it; from here on its sources are taken.

    None where the night takes nothing: its rows are carried, or no row was read. Safe to run again: a night is
    recorded once, and stays as it was. Raises ClaimLostError if the night was given up meanwhile.
    """
    places = NightPlaces(storage, plan.dataset_type, plan.run_key)
    already = written.read_record(s3, places)
    if already is not None:
        return already
    assert_claimed(s3, storage, plan)
    night = written.read_night(s3, places)
    if night is None:
        raise ClaimLostError(
            f"{places.night} is not there: nothing says what was imported. Clear the run from gather on."
        )
    if not takes(night):
        return None
    at = now.astimezone(UTC).isoformat(timespec="microseconds")
    night = replace(night, recorded_at=at, import_job=import_job)
    written.write_record(s3, places, night)
    return night


def takes(night: Night) -> bool:
    """Whether anything is to be recorded: rows given to Personalize, or sources and rows that need no second look."""
    if night.channel == "nothing":
        return bool(night.sources or night.rows_read)
    return night.channel != "carried"
