"""A night's files on a real S3 server: rows in = rows staged + rows set aside, and nothing taken twice."""

import csv
import io
from typing import Any

import pytest

from include import workspace
from include.config.groups import Storage
from include.datasets import stage
from include.datasets.check import UnusableFileError
from include.s3 import Place

FIELDS = [
    {"name": "USER_ID", "type": "string"},
    {"name": "ITEM_ID", "type": "string"},
    {"name": "TIMESTAMP", "type": "long"},
]
ITEM_FIELDS = [{"name": "ITEM_ID", "type": "string"}, {"name": "TITLE", "type": ["string", "null"]}]
HEADER = "USER_ID,ITEM_ID,TIMESTAMP\n"


@pytest.fixture
def storage(bucket: str) -> Storage:
    return Storage(incoming=f"s3://{bucket}/in", workspace=f"s3://{bucket}/work", delivery=f"s3://{bucket}/out")


def drop(s3: Any, storage: Storage, key: str, body: str | bytes) -> None:
    place = Place.of(storage.incoming) / key
    s3.put_object(Bucket=place.bucket, Key=place.key, Body=body)


def night(count: int, first: int = 0) -> str:
    return HEADER + "".join(f"u{n},i{n % 7},{1_700_000_000 + n}\n" for n in range(first, first + count))


def take(s3: Any, storage: Storage, run: str) -> stage.Staged:
    """Stage a night, and record its import as the DAG does."""
    staged = stage.stage(s3, storage, "interactions", FIELDS, run)
    workspace.record_import(s3, storage, "interactions", run, {"location": staged.location, "sources": staged.sources})
    return staged


def test_good_rows_are_staged_and_bad_ones_set_aside_as_they_came(s3: Any, storage: Storage) -> None:
    drop(s3, storage, "interactions/2026-11-21/a.csv", night(1000))
    drop(s3, storage, "interactions/2026-11-21/b.csv", night(5, first=1000) + "u,,3\nu,i,soon\n")

    staged = stage.stage(s3, storage, "interactions", FIELDS, "run")

    assert (staged.rows_read, staged.rows_staged, staged.rows_set_aside) == (1007, 1005, 2)
    assert staged.set_aside_columns == {"ITEM_ID": 1, "TIMESTAMP": 1}
    assert staged.location == f"{storage.workspace}/staged/interactions/run/"
    aside = Place.of(staged.set_aside_location or "")
    text = s3.get_object(Bucket=aside.bucket, Key=aside.key)["Body"].read().decode()
    kept = list(csv.DictReader(io.StringIO(text)))
    assert [(row["line"], row["row"]) for row in kept] == [("7", "u,,3\n"), ("8", "u,i,soon\n")]
    assert all(row["source"].endswith("in/interactions/2026-11-21/b.csv") for row in kept)


def test_staged_rows_read_back_as_they_were(s3: Any, storage: Storage) -> None:
    titles = ['say "hi"', "back\\slash", "comma, and\nnew line", "\u2028 ünï", ""]
    body = io.StringIO()
    csv.writer(body).writerows([["ITEM_ID", "TITLE"], *([f"i{n}", title] for n, title in enumerate(titles))])
    drop(s3, storage, "items/a.csv", b"\xef\xbb\xbf" + body.getvalue().encode())
    staged = stage.stage(s3, storage, "items", ITEM_FIELDS, "run")
    workspace.record_import(s3, storage, "items", "run", {"location": staged.location, "sources": staged.sources})

    back = [
        row["TITLE"] for file in workspace.staged_files(s3, storage, "items") for row in workspace.staged_rows(s3, file)
    ]

    assert back == titles


def test_what_was_imported_is_not_new_but_changed_bytes_are(s3: Any, storage: Storage) -> None:
    drop(s3, storage, "interactions/a.csv", night(1000))
    assert take(s3, storage, "first").rows_read == 1000
    assert take(s3, storage, "second").note == "no new file"

    drop(s3, storage, "interactions/a.csv", night(1001))

    assert take(s3, storage, "third").rows_read == 1001


def test_a_night_that_was_staged_but_never_imported_is_new_again(s3: Any, storage: Storage) -> None:
    drop(s3, storage, "interactions/a.csv", night(1000))
    stage.stage(s3, storage, "interactions", FIELDS, "its import failed")

    assert stage.stage(s3, storage, "interactions", FIELDS, "next").rows_staged == 1000


@pytest.mark.parametrize(("rows", "staged"), [(0, False), (999, False), (1000, True)])
def test_a_night_too_small_for_personalize_waits_for_the_next(
    s3: Any, storage: Storage, rows: int, staged: bool
) -> None:
    drop(s3, storage, "interactions/a.csv", night(rows))

    first = stage.stage(s3, storage, "interactions", FIELDS, "first")
    drop(s3, storage, "interactions/b.csv", night(1000, first=5000))
    second = stage.stage(s3, storage, "interactions", FIELDS, "second")

    assert (first.location is not None) is staged
    assert first.rows_read == rows
    assert second.rows_staged == rows + 1000


def test_a_file_that_is_not_utf8_is_refused_with_its_name(s3: Any, storage: Storage) -> None:
    drop(s3, storage, "interactions/latin.csv", HEADER.encode() + "é,i,1\n".encode("latin-1"))

    with pytest.raises(UnusableFileError, match=r"interactions/latin.csv, near line 1: not UTF-8"):
        stage.stage(s3, storage, "interactions", FIELDS, "run")
