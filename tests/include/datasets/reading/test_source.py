"""Sources are told apart by their names, and read from S3 as they stream."""

import gzip
import io
from typing import Any

import pytest

from include.datasets.reading import blocks, source
from include.datasets.reading.chunk import UnusableFileError


@pytest.mark.parametrize(
    ("uri", "format"),
    [
        ("s3://b/a.csv", "csv"),
        ("s3://b/a.csv.gz", "csv"),
        ("s3://b/2026/A.CSV", "csv"),
        ("s3://b/a.jsonl", "jsonl"),
        ("s3://b/a.ndjson.gz", "jsonl"),
        ("s3://b/a.json.gz", "jsonl"),
        ("s3://b/part-0.snappy.parquet", "parquet"),
        ("s3://b/_SUCCESS", None),
        ("s3://b/a.csv.tmp", None),
        ("s3://b/a.parquet.gz", None),
    ],
)
def test_formats_by_name(uri: str, format: str | None) -> None:
    assert source.format_of(uri) == format


def test_an_object_is_read_as_it_streams(s3: Any, bucket: str) -> None:
    rows = "".join(f"u{row},i{row % 7}\n" for row in range(50_000))
    s3.put_object(Bucket=bucket, Key="a.csv.gz", Body=gzip.compress(f"USER_ID,ITEM_ID\n{rows}".encode()))

    body = s3.get_object(Bucket=bucket, Key="a.csv.gz")["Body"]
    chunks = list(source.read(f"s3://{bucket}/a.csv.gz", body, "csv"))

    users = [user for chunk in chunks for user in chunk.cells["USER_ID"].to_pylist()]
    lines = [line for chunk in chunks for line in chunk.lines.to_pylist()]
    assert (users, lines) == ([f"u{row}" for row in range(50_000)], list(range(2, 50_002)))


class Counted(io.BytesIO):
    """A stream that knows how much of it was asked for."""

    taken = 0

    def readinto(self, buffer: Any) -> int:
        read = super().readinto(buffer)
        self.taken += read
        return read


def test_what_is_not_wanted_any_more_is_not_read() -> None:
    """A source that is refused at its header costs no more than its first block."""
    file = Counted(b"USER_ID,ITEM_ID\n" + b"u1,i1\n" * (4 * blocks.BLOCK_BYTES // 6))

    chunks = source.read("s3://b/a.csv", file, "csv")
    next(chunks)
    chunks.close()

    assert 0 < file.taken < 2 * blocks.BLOCK_BYTES
    assert file.closed


def test_a_line_without_end_is_refused_before_it_fills_the_memory() -> None:
    file = io.BytesIO(b"USER_ID,ITEM_ID\n" + b"x" * (blocks.LONGEST_LINE + 3 * blocks.BLOCK_BYTES))

    with pytest.raises(UnusableFileError, match="a line is longer than 64 MiB"):
        list(source.read("s3://b/a.csv", file, "csv"))
