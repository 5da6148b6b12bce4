"""Any source object, by its format: CSV, JSON lines or Parquet, as chunks in bounded memory."""

from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any, Literal

from include.datasets.reading import csv_file, json_lines, parquet_file
from include.datasets.reading.chunk import Chunk
from include.datasets.reading.stream import opened

Format = Literal["csv", "jsonl", "parquet"]

SUFFIXES: dict[str, Format] = {
    ".csv": "csv",
    ".csv.gz": "csv",
    ".jsonl": "jsonl",
    ".jsonl.gz": "jsonl",
    ".ndjson": "jsonl",
    ".ndjson.gz": "jsonl",
    ".json": "jsonl",
    ".json.gz": "jsonl",
    ".parquet": "parquet",
}


def format_of(uri: str) -> Format | None:
    """The format that an object's name tells, in upper or lower case; None if it is no source."""
    return next((known for suffix, known in SUFFIXES.items() if uri.lower().endswith(suffix)), None)


def read(uri: str, stream_or_path: Any, format: Format, types: Mapping[str, str] | None = None) -> Generator[Chunk]:
    """Yield the rows of a source in its order; the columns show in the first chunk, which may have no rows.

    stream_or_path: a path, or a binary stream such as the Body of GetObject; Parquet takes a path, for it is read
    from its end. CSV and JSON lines may be gzip, whatever their name is.
    types: the Avro type of each wanted column, by the source's name for it; None wants all columns as they come.
    Raises UnusableFileError, if need be after rows were yielded: then none of them may be used.
    """
    if format == "parquet":
        yield from parquet_file.read(uri, Path(stream_or_path), types)
        return
    with opened(uri, stream_or_path) as text:
        if format == "csv":
            yield from csv_file.read(uri, text)
        else:
            yield from json_lines.read(uri, text, types)
