"""Some rows of a source, as they came: what every reader yields, in the order of the source."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyarrow as pa


class UnusableFileError(Exception):
    """A source cannot be read as the dataset at all; the message names it, the line, and the remedy."""


@dataclass(frozen=True)
class Quarantined:
    """A row that must not be imported: `column` is the one to blame ("" if none is), `text` the row as it came."""

    line: int
    column: str
    reason: str
    text: str


@dataclass(frozen=True)
class Chunk:
    """Consecutive rows of a source, as text.

    cells: all columns of the source under the source's own names, each pa.string(); null where the source has none.
    lines: int64, one a row: the line of the file where the row begins, or the number of the row; from 1.
    text:  the row as it came, by its position in the chunk; called for the few rows that are quarantined.
    broken: rows that could not even be cut into cells; they are not in `cells`.
    """

    cells: pa.Table
    lines: pa.Array
    text: Callable[[int], str]
    broken: Sequence[Quarantined] = ()
