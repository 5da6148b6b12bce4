"""A source, read and checked."""

from collections.abc import Iterator
from typing import Any

from include.datasets.checking.rows import Checked, check
from include.datasets.checking.rules import Rules
from include.datasets.reading import source
from include.datasets.reading.source import Format


def check_source(uri: str, stream_or_path: Any, format: Format, rules: Rules, now: int) -> Iterator[Checked]:
    """Yield a source's rows, good ones and quarantined ones, in bounded memory.

    stream_or_path and format: as source.read takes them; now: epoch seconds.
    Raises UnusableFileError, if need be after rows were yielded: the source is then refused whole, and none of its
    rows may be used.
    """
    for number, chunk in enumerate(source.read(uri, stream_or_path, format, rules.types)):
        if number == 0:
            rules.accept(uri, chunk.cells.column_names)
        yield check(chunk, rules, now)
