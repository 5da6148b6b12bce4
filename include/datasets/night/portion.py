"""A portion of a night, checked: good rows as Parquet, the others in quarantine; of a source all or nothing."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from include.config import Dataset, Storage
from include.datasets.checking.rules import Rules
from include.datasets.checking.source import check_chunks
from include.datasets.night import claims, written
from include.datasets.night.checked_rows import CheckedRows
from include.datasets.night.places import NightPlaces
from include.datasets.night.records import Plan, Portion, SourceObject
from include.datasets.reading.chunk import Chunk, UnusableFileError
from include.datasets.reading.source import SUFFIXES, format_of, read
from include.s3 import MISSING, Place, delete, upload

QUERY = "query"  # stands where the URI of an object would


def check_portion(
    s3: Any, storage: Storage, dataset_type: str, dataset: Dataset, plan: Plan, number: int, now: datetime
) -> Portion:
    """Check the sources of a portion, and write what was found.

    A source that is not the dataset at all, or is not there any more as it was planned, is refused: none of its rows is
    used. Safe to run again. Raises ClaimLostError if the night was given up.
    """
    claims.assert_claimed(s3, storage, plan)
    rules = _rules(dataset_type, dataset)
    with tempfile.TemporaryDirectory() as scratch, CheckedRows(Path(scratch), rules.columns) as found:
        refused = []
        for position in plan.portions[number]:
            source = plan.sources[position]
            try:
                with found.source(position, source.uri) as add, _opened(s3, source, dataset, Path(scratch)) as opened:
                    chunks = read(source.uri, *opened, rules.types)
                    for checked in check_chunks(source.uri, chunks, rules, int(now.timestamp())):
                        add(checked)
            except UnusableFileError as error:
                refused.append({"uri": source.uri, "reason": str(error)})
        return _written(s3, NightPlaces(storage, dataset_type, plan.run_key), number, found, refused)


def check_rows(
    s3: Any, storage: Storage, dataset_type: str, dataset: Dataset, plan: Plan, chunks: Generator[Chunk], now: datetime
) -> Portion:
    """Check the rows of a query, the one portion of a window, and write what was found.

    Raises UnusableFileError if the query lacks a required column, ClaimLostError if the night was given up.
    """
    claims.assert_claimed(s3, storage, plan)
    rules = _rules(dataset_type, dataset)
    with tempfile.TemporaryDirectory() as scratch, CheckedRows(Path(scratch), rules.columns) as found:
        with found.source(0, QUERY) as add:
            for checked in check_chunks(QUERY, chunks, rules, int(now.timestamp())):
                add(checked)
        return _written(s3, NightPlaces(storage, dataset_type, plan.run_key), 0, found, [])


def _rules(dataset_type: str, dataset: Dataset) -> Rules:
    return Rules.of(dataset_type, dataset.fields, dataset.columns)


@contextmanager
def _opened(s3: Any, source: SourceObject, dataset: Dataset, scratch: Path) -> Iterator[tuple[Any, Any]]:
    """Open exactly the bytes that were planned; yields them with their format. Parquet is read from its end: a file."""
    format = (dataset.source.s3.format if dataset.source.s3 else "parquet") or format_of(source.uri)
    if format is None:
        raise UnusableFileError(
            f"{source.uri}: its name does not tell its format. Rename it ({', '.join(SUFFIXES)}), or name the format "
            "under source.s3.format."
        )
    place = Place.of(source.uri)
    try:
        body = s3.get_object(Bucket=place.bucket, Key=place.key, IfMatch=f'"{source.etag}"')["Body"]
    except ClientError as error:
        if error.response["Error"]["Code"] in MISSING:
            raise UnusableFileError(f"{source.uri}: is not there any more. Upload it again.") from None
        if error.response["Error"]["Code"] in ("PreconditionFailed", "412"):
            raise UnusableFileError(
                f"{source.uri}: was changed after the night was planned. The next night takes it as it is now."
            ) from None
        raise
    with body:
        if format != "parquet":
            yield body, format
            return
        file = scratch / "source.parquet"
        with file.open("wb") as copy:
            shutil.copyfileobj(body, copy, 1 << 20)
        yield file, format
        file.unlink()


def _written(
    s3: Any, places: NightPlaces, number: int, found: CheckedRows, refused: Sequence[dict[str, str]]
) -> Portion:
    rows, quarantine = found.finished()
    checked_place, quarantine_place = places.checked(number), places.quarantine(f"part-{number:05}")
    for file, place in ((rows, checked_place), (quarantine, quarantine_place)):
        if file is None:
            delete(s3, [place])
        else:
            upload(s3, file, place)
    reasons: Counter[str] = found.reasons
    portion = Portion(
        number=number,
        rows_read=found.rows_read,
        rows_good=found.rows_good,
        rows_quarantined=reasons.total(),
        reasons=dict(reasons),
        refused=tuple(refused),
        checked=str(checked_place) if rows else None,
        quarantine=str(quarantine_place) if quarantine else None,
    )
    written.write_portion(s3, places, portion)
    return portion
