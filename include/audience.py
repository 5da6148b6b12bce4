"""Whom a version is measured on: the test users that Amazon Personalize draws."""

import math
import tempfile
from pathlib import Path
from typing import Any

from include.config import Storage
from include.datasets.night import known, written
from include.datasets.night.database import opened, text
from include.s3 import Place, download

SHARE = 0.1  # of the users (Amazon Personalize developer guide, evaluating a solution version with metrics)


def held_out_users(s3: Any, storage: Storage) -> int | None:
    """About how many test users a FULL version has: a tenth of those with interactions; None where none is recorded.

    At most: the service leaves out users with a single interaction, and those that a solution's event type leaves out.
    """
    uris = known.of(written.recorded(s3, storage, "interactions")).uris("USER_ID")
    if not uris:
        return None
    with tempfile.TemporaryDirectory() as scratch, opened(Path(scratch)) as connection:
        files = [download(s3, Place.of(uri), Path(scratch, f"{number}.parquet")) for number, uri in enumerate(uris)]
        users = "SELECT count(DISTINCT USER_ID) FROM read_parquet([{}], union_by_name = true)"
        (count,) = connection.execute(users.format(", ".join(map(text, files)))).fetchall()[0]
    return math.ceil(SHARE * int(count))
