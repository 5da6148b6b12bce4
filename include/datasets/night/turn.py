"""One run of a dataset plans at a time, so that no two take the same source: an object in S3 says whose turn it is."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

from include.config import Storage
from include.datasets.night import places, written
from include.datasets.night.records import Plan
from include.s3 import MISSING, Place, read_json

PATIENCE, PAUSE = 60.0, 0.5  # seconds; planning takes a few
REFUSED = ("PreconditionFailed", "ConditionalRequestConflict", "412", "409")


class TurnNotGivenError(Exception):
    """Another run has been planning for too long; the message names it and the remedy."""


@contextmanager
def turn(
    s3: Any, storage: Storage, mine: Plan, goes_on: Callable[[Plan], bool], patience: float = PATIENCE
) -> Iterator[None]:
    """Wait until no other run plans this dataset, and keep others from it meanwhile.

    S3 writes an object only if it is not there (If-None-Match), or only over the one that was read (If-Match). The turn
    of a run that does not go on, or of an earlier attempt of this one, is taken over. Raises TurnNotGivenError.
    """
    place = places.nights(storage, mine.dataset_type) / "planning.json"
    deadline = time.monotonic() + patience
    while (etag := _taken(s3, place, mine, goes_on)) is None:
        if time.monotonic() > deadline:
            raise TurnNotGivenError(
                f"Another run has been planning {mine.dataset_type} for {patience:.0f} seconds: {place} names it. "
                "If its worker is gone, delete that object, and clear this task."
            )
        time.sleep(PAUSE)
    try:
        yield
    finally:
        _give_back(s3, place, etag)


def _taken(s3: Any, place: Place, mine: Plan, goes_on: Callable[[Plan], bool]) -> str | None:
    """Take the turn and return the ETag of the object that says so; None while it is another run's."""
    found = _holder(s3, place)
    if found is None:
        return _put(s3, place, mine, IfNoneMatch="*")
    etag, holder = found
    if holder.run_key != mine.run_key and goes_on(holder):
        return None
    return _put(s3, place, mine, IfMatch=etag)


def _holder(s3: Any, place: Place) -> tuple[str, Plan] | None:
    try:
        etag: str = s3.head_object(Bucket=place.bucket, Key=place.key)["ETag"]
    except ClientError as error:
        if error.response["Error"]["Code"] in MISSING:
            return None
        raise
    found = read_json(s3, place)
    return None if found is None else (etag, written.plan_of(found))


def _put(s3: Any, place: Place, mine: Plan, **condition: str) -> str | None:
    body = json.dumps(written.as_json(mine)).encode()
    try:
        etag: str = s3.put_object(Bucket=place.bucket, Key=place.key, Body=body, **condition)["ETag"]
    except ClientError as error:
        if error.response["Error"]["Code"] in (*REFUSED, *MISSING):
            return None
        raise
    return etag


def _give_back(s3: Any, place: Place, etag: str) -> None:
    """Delete the object, unless another run has taken the turn over."""
    try:
        s3.delete_object(Bucket=place.bucket, Key=place.key, IfMatch=etag)
    except ClientError as error:
        if error.response["Error"]["Code"] not in (*REFUSED, *MISSING):
            raise
