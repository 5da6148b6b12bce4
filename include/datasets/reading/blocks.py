"""A stream cut into blocks of several megabytes at line ends, so that no line and no character is cut."""

from collections.abc import Iterator
from typing import BinaryIO

from include.datasets.reading.chunk import UnusableFileError

BLOCK_BYTES = 4 << 20
LONGEST_LINE = 64 << 20  # bytes; a quarter of a gigabyte in memory is where bounded memory ends


def cut(uri: str, stream: BinaryIO, block_bytes: int = BLOCK_BYTES) -> Iterator[bytes]:
    """Yield blocks that end where a line ends; the last one may end without a line end.

    A line ends in LF, in CR LF, or, as old spreadsheets write it, in CR.
    Raises UnusableFileError if a line is longer than LONGEST_LINE.
    """
    rest = b""
    while read := stream.read(block_bytes):
        block = rest + read
        end = block.rfind(b"\n") + 1 or _after_carriage_return(block)
        if end:
            yield block[:end]
        elif len(block) > LONGEST_LINE:
            raise UnusableFileError(f"{uri}: a line is longer than {LONGEST_LINE >> 20} MiB. This is no text of rows.")
        rest = block[end:]
    if rest:
        yield rest


def _after_carriage_return(block: bytes) -> int:
    """The place after the last CR that cannot be the first half of a CR LF."""
    return block.rfind(b"\r", 0, len(block) - 1) + 1


def undecodable(uri: str, line: int, block: bytes, error: UnicodeDecodeError) -> UnusableFileError:
    """Say near which line a block, which begins at `line`, stops being UTF-8."""
    before = block[: error.start]
    near = line + before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n")
    return UnusableFileError(f"{uri}, near line {near}: not UTF-8 ({error.reason}). Save it as UTF-8.")
