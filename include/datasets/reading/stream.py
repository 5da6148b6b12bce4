"""The bytes of a source as UTF-8 text lies in them: decompressed, without byte order mark, anything else refused."""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from include.datasets.reading.chunk import UnusableFileError

READ_AHEAD = 1 << 20  # bytes
GZIP = b"\x1f\x8b"
UTF_8_MARK = b"\xef\xbb\xbf"
OTHER_ENCODINGS = {  # UTF-32 before UTF-16, whose mark begins alike
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
OTHER_FORMATS = {
    b"PK\x03\x04": "a ZIP archive or an Excel workbook",
    b"PAR1": "Parquet",
    b"BZh": "bzip2",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\xfd7zXZ": "xz",
    b"%PDF": "PDF",
    GZIP: "gzip within gzip",
}


@contextmanager
def opened(uri: str, stream_or_path: Any) -> Iterator[BinaryIO]:
    """Open a path, or a binary stream such as the Body of GetObject, at the first byte of its text.

    It is closed in the end, so that the connection to S3 is free again.
    Raises UnusableFileError if nothing is in it, if it is truncated, or if it is not UTF-8 text to begin with.
    """
    if isinstance(stream_or_path, str | Path):
        with Path(stream_or_path).open("rb") as file, opened(uri, file) as text:
            yield text
        return
    with io.BufferedReader(stream_or_path, buffer_size=READ_AHEAD) as raw:
        compressed = raw.peek(2)[:2] == GZIP
        if uri.lower().endswith(".gz") and not compressed and raw.peek(1):
            raise UnusableFileError(f"{uri}: not gzip, although its name ends in .gz. Compress it or rename it.")
        text = io.BufferedReader(cast(io.RawIOBase, gzip.GzipFile(fileobj=raw)), READ_AHEAD) if compressed else raw
        try:
            _skip_mark(uri, text)
            yield text
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise UnusableFileError(f"{uri}: broken or truncated gzip ({error}). Upload the file again.") from error


def _skip_mark(uri: str, text: Any) -> None:
    head = text.peek(8)[:8]
    if head in (b"", UTF_8_MARK):
        raise UnusableFileError(f"{uri}: the file is empty. Leave it away, or upload it again.")
    for mark, encoding in OTHER_ENCODINGS.items():
        if head.startswith(mark):
            raise UnusableFileError(f"{uri}, line 1: the file is {encoding}. Save it as UTF-8.")
    for magic, name in OTHER_FORMATS.items():
        if head.startswith(magic):
            raise UnusableFileError(f"{uri}: the file is {name}, not text. See the README for what is read.")
    if b"\x00" in head:
        raise UnusableFileError(f"{uri}, line 1: UTF-16 without a mark, or no text at all. Save it as UTF-8.")
    if head.startswith(UTF_8_MARK):
        text.read(len(UTF_8_MARK))
