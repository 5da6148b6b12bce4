"""Rows that PutEvents does not take, set aside and counted as the other quarantined rows of their night."""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from include.datasets.events.progress import Refused
from include.datasets.night import written
from include.datasets.night.checked_rows import QUARANTINE_HEADER, as_csv
from include.datasets.night.places import NightPlaces
from include.datasets.night.records import WHOLE_ROW

NAME = "unsendable"  # of the quarantine file


def quarantine(s3: Any, places: NightPlaces, refused: Sequence[Refused]) -> None:
    """Write these rows to the quarantine, and move them from the night's imported to its quarantined rows, once."""
    file, night = places.quarantine(NAME), written.read_night(s3, places)
    if night is None:
        raise FileNotFoundError(f"{places.night} is not there: the rows that were not sent cannot be counted in it.")
    if str(file) in night.quarantine:
        return
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(QUARANTINE_HEADER)
    writer.writerows([places.archive, each.number, "", each.reason, as_csv(each.row.values())] for each in refused)
    s3.put_object(Bucket=file.bucket, Key=file.key, Body=text.getvalue().encode())
    counted = replace(
        night,
        rows_imported=night.rows_imported - len(refused),
        rows_quarantined=night.rows_quarantined + len(refused),
        reasons={**night.reasons, WHOLE_ROW: night.reasons.get(WHOLE_ROW, 0) + len(refused)},
        quarantine=(*night.quarantine, str(file)),
    )
    written.write_night(s3, places, counted)
