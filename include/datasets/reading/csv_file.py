"""CSV in bounded memory: blocks of lines, parsed fast where every row is one line, and row by row where not.

Commas, `"` around cells, `""` for a quote within one (RFC 4180); lines may end in LF, CR LF or CR.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import chain
from typing import BinaryIO

import pyarrow as pa

from include.datasets.reading import blocks, csv_fast, csv_slow
from include.datasets.reading.ahead import WORKERS, submitted
from include.datasets.reading.chunk import Chunk, UnusableFileError

FIRST_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)?")
OTHER_DELIMITERS = {";": "a semicolon", "\t": "a tab", "|": "a bar"}


def read(uri: str, stream: BinaryIO, block_bytes: int = blocks.BLOCK_BYTES) -> Iterator[Chunk]:
    """Yield the rows of a CSV; the first chunk may be empty and shows the columns.

    Raises UnusableFileError if there is no header, a name stands twice, or the text is not UTF-8.
    """
    cuts = blocks.cut(uri, stream, block_bytes)
    first = next(cuts)
    header_bytes = FIRST_LINE.match(first)[0]  # type: ignore[index]  # it matches anything
    names = _header(uri, header_bytes)
    no_rows = pa.schema([pa.field(name, pa.string()) for name in names]).empty_table()
    yield Chunk(no_rows, pa.array([], pa.int64()), str)
    rest = first[len(header_bytes) :]
    with ThreadPoolExecutor(WORKERS) as pool:
        parse = partial(csv_fast.parse, names=names)
        yield from _chunks(uri, names, submitted(pool, parse, chain([rest] if rest else [], cuts)))


def _chunks(uri: str, names: Sequence[str], parsed: Iterator[tuple[bytes, Future[pa.Table | None]]]) -> Iterator[Chunk]:
    line = 2
    for block, result in parsed:
        cells = result.result()
        if cells is None:
            # A row may run on into the next block, which is then read row by row too.
            rows = csv_slow.Rows(uri, block, (following for following, _ in parsed), line, len(names))
            yield from csv_slow.chunks(rows, names)
            line = rows.line
        else:
            yield csv_fast.chunk(block, cells, line)
            line += len(cells)


def _header(uri: str, line: bytes) -> list[str]:
    try:
        names = next(csv.reader([line.decode()], strict=True), [])
    except UnicodeDecodeError as error:
        raise blocks.undecodable(uri, 1, line, error) from error
    except csv.Error as error:
        raise UnusableFileError(f"{uri}, line 1: not CSV ({error}). The first line must name the columns.") from error
    if not any(name.strip() for name in names):
        raise UnusableFileError(f"{uri}, line 1: the line is empty. The first line must name the columns.")
    if len(names) == 1:
        for delimiter, word in OTHER_DELIMITERS.items():
            if delimiter in names[0]:
                raise UnusableFileError(
                    f"{uri}, line 1: {word} seems to separate the columns, not a comma: {names[0]!r:.100}. "
                    "Write the file with commas."
                )
    if twice := sorted({name or "without a name" for name in names if names.count(name) > 1}):
        raise UnusableFileError(f"{uri}, line 1: column {', '.join(twice)} stands twice. Name each column once.")
    return names
