"""The slow lane: CSV row by row, as Python's csv module reads it, with the line and the text of each row."""

import csv
import io
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import pyarrow as pa

from include.datasets.reading import blocks
from include.datasets.reading.chunk import Chunk, Quarantined

ROWS = 1 << 15
LONGEST_CELL = 131_072  # characters, the csv module's limit: an open quote swallows no more than this

REASONS = {
    "expected after": 'text follows a closing quote; within a cell in quotes, write a quote as ""',
    "field larger": f"a cell has more than {LONGEST_CELL:,} characters; is a quote not closed?",
    "unexpected end": "a quote is opened and not closed",
}


class Row(NamedTuple):
    line: int
    cells: list[str]
    text: str


class Rows:
    """The rows of a block, and of those that follow as far as a row runs on into them; empty lines are no rows.

    A row that cannot be read is its first line alone: reading goes on with the second, so that an open quote does
    not swallow the rows below it. Once exhausted, `line` is the line after the last one read.
    """

    def __init__(self, uri: str, block: bytes, following: Iterator[bytes], line: int, width: int) -> None:
        self.line = line
        self._uri = uri
        self._following = following
        self._width = width
        self._waiting: deque[str] = deque()
        self._taken: list[str] = []
        self._add(block)

    def __iter__(self) -> Iterator[Row | Quarantined]:
        reader = csv.reader(self._lines(), strict=True)
        while self._waiting:
            line = self.line
            try:
                cells = next(reader)
            except csv.Error as error:
                reader = csv.reader(self._lines(), strict=True)
                yield self._broken(line, str(error))
                continue
            text = self._text()
            if len(cells) == self._width:
                yield Row(line, cells, text)
            elif cells:
                yield Quarantined(line, "", f"{len(cells)} cells where the header has {self._width}", text)

    def _lines(self) -> Iterator[str]:
        while True:
            if not self._waiting:
                block = next(self._following, None)
                if block is None:
                    return
                self._add(block)
            self._taken.append(self._waiting.popleft())
            self.line += 1
            yield self._taken[-1]

    def _add(self, block: bytes) -> None:
        try:
            self._waiting.extend(io.StringIO(block.decode(), newline=""))
        except UnicodeDecodeError as error:
            raise blocks.undecodable(self._uri, self.line, block, error) from error

    def _text(self) -> str:
        text = "".join(self._taken)
        self._taken.clear()
        return text

    def _broken(self, line: int, error: str) -> Quarantined:
        first, *others = self._taken
        self._waiting.extendleft(reversed(others))
        self._taken.clear()
        self.line = line + 1
        reason = next((reason for words, reason in REASONS.items() if words in error), f"not CSV ({error})")
        return Quarantined(line, "", reason, first)


def chunks(rows: Rows, names: Sequence[str]) -> Iterator[Chunk]:
    """Read all the rows, so many at a time that their text in memory stays small."""
    reading = iter(rows)
    while batch := list(islice(reading, ROWS)):
        yield _chunk(batch, names)


def _chunk(batch: Sequence[Row | Quarantined], names: Sequence[str]) -> Chunk:
    whole = [row for row in batch if isinstance(row, Row)]
    columns = [pa.array([row.cells[position] for row in whole], pa.string()) for position in range(len(names))]
    texts = [row.text for row in whole]
    return Chunk(
        cells=pa.table(columns, names=names),
        lines=pa.array([row.line for row in whole], pa.int64()),
        text=texts.__getitem__,
        broken=[row for row in batch if isinstance(row, Quarantined)],
    )
