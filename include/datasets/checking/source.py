"""A source, read and checked."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from typing import Any

from include.datasets.checking.rows import Checked, check
from include.datasets.checking.rules import Rules
from include.datasets.reading import source
from include.datasets.reading.ahead import WORKERS, submitted
from include.datasets.reading.chunk import Chunk
from include.datasets.reading.source import Format


def check_source(uri: str, stream_or_path: Any, format: Format, rules: Rules, now: int) -> Iterator[Checked]:
    """Yield a source's rows, good ones and quarantined ones, in bounded memory.

    stream_or_path and format: as source.read takes them; now: epoch seconds.
    Raises UnusableFileError, if need be after rows were yielded: the source is then refused whole, and none of its
    rows may be used.
    """
    chunks = source.read(uri, stream_or_path, format, rules.types)
    with closing(chunks), ThreadPoolExecutor(WORKERS) as pool:
        for _, checked in submitted(pool, partial(check, rules=rules, now=now), _accepted(uri, chunks, rules)):
            yield checked.result()


def _accepted(uri: str, chunks: Iterator[Chunk], rules: Rules) -> Iterator[Chunk]:
    for number, chunk in enumerate(chunks):
        if number == 0:
            rules.accept(uri, chunk.cells.column_names)
        yield chunk
