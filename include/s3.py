"""S3 as places and streams: URIs, listings, JSON records, text in bounded memory."""

import io
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, TextIO
from urllib.parse import urlsplit

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

AT_ONCE = 8  # requests; a client keeps 10 connections
MISSING = ("NoSuchKey", "404")


@dataclass(frozen=True)
class Place:
    """A bucket and a key, or a bucket and a prefix."""

    bucket: str
    key: str

    @classmethod
    def of(cls, uri: str) -> "Place":
        """Parse s3://bucket/key."""
        parts = urlsplit(uri)
        return cls(parts.netloc, parts.path.removeprefix("/"))

    def __truediv__(self, name: str) -> "Place":
        return Place(self.bucket, f"{self.key}/{name}" if self.key else name)

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"

    @property
    def name(self) -> str:
        """The last part of the key."""
        return self.key.rpartition("/")[2]


@dataclass(frozen=True)
class Found:
    """An object of a listing; its ETag changes with its bytes, `modified` with every upload."""

    place: Place
    etag: str
    size: int
    modified: datetime


def under(s3: Any, folder: Place, suffix: str = "") -> list[Found]:
    """List the objects below a folder, by key."""
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=folder.bucket, Prefix=f"{folder.key}/" if folder.key else ""
    )
    return [
        Found(Place(folder.bucket, item["Key"]), item["ETag"].strip('"'), item["Size"], item["LastModified"])
        for page in pages
        for item in page.get("Contents", [])
        if item["Key"].endswith(suffix) and not item["Key"].endswith("/")
    ]


def open_text(s3: Any, place: Place) -> TextIO:
    """Open an object as UTF-8 text, read as it streams; a byte order mark is dropped, line ends are kept."""
    body = s3.get_object(Bucket=place.bucket, Key=place.key)["Body"]
    return io.TextIOWrapper(io.BufferedReader(body, buffer_size=1 << 20), encoding="utf-8-sig", newline="")


def folders(s3: Any, folder: Place) -> list[str]:
    """List the names of the folders in a folder."""
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=folder.bucket, Prefix=f"{folder.key}/" if folder.key else "", Delimiter="/"
    )
    return [
        Place(folder.bucket, item["Prefix"].rstrip("/")).name
        for page in pages
        for item in page.get("CommonPrefixes", [])
    ]


def read_bytes(s3: Any, place: Place) -> bytes | None:
    """Read a small object; None where there is none."""
    try:
        body: bytes = s3.get_object(Bucket=place.bucket, Key=place.key)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] in MISSING:
            return None
        raise
    return body


def read_many(s3: Any, places: Sequence[Place]) -> list[bytes | None]:
    """Read small objects, several at once, in the order of their places."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda place: read_bytes(s3, place), places))


def read_json(s3: Any, place: Place) -> Any | None:
    """Read a JSON record; None where there is none."""
    body = read_bytes(s3, place)
    return None if body is None else json.loads(body)


def write_json(s3: Any, place: Place, record: Any) -> str:
    """Write a JSON record and return its URI."""
    body = json.dumps(record, indent=2, sort_keys=True).encode()
    s3.put_object(Bucket=place.bucket, Key=place.key, Body=body, ContentType="application/json")
    return str(place)


def delete(s3: Any, places: Iterable[Place]) -> None:
    """Delete objects, whether they are there or not; nothing else may be left of what a caller deletes."""
    for place in places:
        s3.delete_object(Bucket=place.bucket, Key=place.key)


def json_records(s3: Any, folder: Place) -> Iterator[Any]:
    """Every JSON record below a folder, by key."""
    bodies = read_many(s3, [found.place for found in under(s3, folder, ".json")])
    return (json.loads(body) for body in bodies if body is not None)


def download(s3: Any, place: Place, file: Path) -> Path:
    """Copy an object to a file and return the file."""
    s3.download_file(place.bucket, place.key, str(file))
    return file


@contextmanager
def uploading(s3: Any, place: Place) -> Iterator[BinaryIO]:
    """Open an object to write to, which is uploaded meanwhile; it is there once the context is left, and only then.

    Where the writing fails there is no object; where the upload fails its own error is raised.
    """
    reading, writing = os.pipe()
    with open(reading, "rb") as source, ThreadPoolExecutor(1) as pool:  # noqa: PTH123 - a pipe has no path
        uploaded = pool.submit(
            s3.upload_fileobj, source, place.bucket, place.key, Config=TransferConfig(max_concurrency=2)
        )
        uploaded.add_done_callback(lambda _: source.close())  # else a writer would wait for an upload that has failed
        try:
            with open(writing, "wb") as sink:  # noqa: PTH123 - a pipe has no path
                yield sink
        except BrokenPipeError:
            uploaded.result()
            raise
        except BaseException:
            uploaded.exception()
            delete(s3, [place])
            raise
        uploaded.result()


def upload(s3: Any, file: Path, place: Place) -> str:
    """Copy a file to an object and return its URI."""
    s3.upload_file(str(file), place.bucket, place.key)
    return str(place)
