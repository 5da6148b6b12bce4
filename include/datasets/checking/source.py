"""Rows of a source, read and checked."""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial

from include.datasets.checking.rows import Checked, check
from include.datasets.checking.rules import Rules
from include.datasets.reading.ahead import WORKERS, submitted
from include.datasets.reading.chunk import Chunk


def check_chunks(uri: str, chunks: Generator[Chunk], rules: Rules, now: int) -> Iterator[Checked]:
    """Yield the rows of what a reader reads, good ones and quarantined ones, in bounded memory.

    uri: stands for the source in errors; now: epoch seconds.
    Raises UnusableFileError, if need be after rows were yielded: the source is then refused whole, and none of its
    rows may be used.
    """
    with closing(chunks), ThreadPoolExecutor(WORKERS) as pool:
        for _, checked in submitted(pool, partial(check, rules=rules, now=now), _accepted(uri, chunks, rules)):
            yield checked.result()


def _accepted(uri: str, chunks: Iterator[Chunk], rules: Rules) -> Iterator[Chunk]:
    for number, chunk in enumerate(chunks):
        if number == 0:
            rules.accept(uri, chunk.cells.column_names)
        yield chunk
