"""The fast lane: a block of CSV whose rows are one line each, parsed by Arrow."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from include.datasets.reading.chunk import Chunk
from include.datasets.reading.csv_slow import LONGEST_CELL

QUOTE, COMMA, LF, CR = b'",\n\r'
PARSE = pyarrow.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False)


def parse(block: bytes, names: Sequence[str]) -> pa.Table | None:
    """Parse a block that begins where a row begins; None where the slow lane must decide.

    That is where a row may be more or less than a line, or where readers of CSV could disagree about its quotes.
    """
    if not block.endswith(b"\n"):
        block += b"\n"
    if (b"\r" in block and block.count(b"\r") != block.count(b"\r\n")) or not _clear_quotes(block):
        return None
    try:
        cells = _parse(block, names)
    except pa.ArrowInvalid:
        return None
    sizes = [_sizes(column) for column in cells.columns]
    if any(largest > LONGEST_CELL for _, largest in sizes) or cells.num_rows != _count(block, LF):
        return None
    if all(least == 0 for least, _ in sizes) and _has_empty_line(block):
        return None
    return cells


def _parse(block: bytes, names: Sequence[str]) -> pa.Table:
    return pyarrow.csv.read_csv(
        pa.BufferReader(block),
        read_options=pyarrow.csv.ReadOptions(column_names=names, use_threads=False, block_size=len(block) + 1),
        parse_options=PARSE,
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
        ),
    )


def _sizes(column: pa.ChunkedArray) -> tuple[int, int]:
    """Bytes of the shortest and of the longest cell."""
    sizes = pc.min_max(pc.binary_length(column)).as_py()
    return sizes["min"] or 0, sizes["max"] or 0


def _count(block: bytes, byte: int) -> int:
    return int(np.count_nonzero(np.frombuffer(block, np.uint8) == byte))


def _has_empty_line(block: bytes) -> bool:
    """An empty line is no row, but Arrow makes one of it, of empty cells."""
    return block.startswith((b"\n", b"\r\n")) or b"\n\n" in block or b"\n\r\n" in block


def _clear_quotes(block: bytes) -> bool:
    """Whether every quote opens a cell at its beginning, closes it at its end, or is one of a pair within.

    Quotes open and close in turn; one of a pair closes the cell and the other opens it again at once.
    """
    if b'"' not in block:
        return True
    text = np.frombuffer(block, np.uint8)
    quotes = np.flatnonzero(text == QUOTE)
    if len(quotes) % 2:
        return False
    opening, closing = quotes[0::2], quotes[1::2]
    before, after = text[opening - 1], text[closing + 1]  # before the first byte comes the last, which is LF
    pair = opening[1:] == closing[:-1] + 1
    opens = (before == COMMA) | (before == LF)
    closes = (after == COMMA) | (after == LF) | (after == CR)
    return bool((opens | np.append(False, pair)).all() and (closes | np.append(pair, False)).all())


class Lines:
    """The lines of a block by their position; where they end is found out when the first one is asked for."""

    def __init__(self, block: bytes) -> None:
        self._block = block

    @cached_property
    def _ends(self) -> np.ndarray:
        return np.flatnonzero(np.frombuffer(self._block, np.uint8) == LF) + 1

    def __call__(self, row: int) -> str:
        start = self._ends[row - 1] if row else 0
        end = self._ends[row] if row < len(self._ends) else None
        return self._block[start:end].decode()


def chunk(block: bytes, cells: pa.Table, line: int) -> Chunk:
    """Make the chunk of a parsed block, one row a line from `line` on."""
    return Chunk(cells, pa.array(np.arange(line, line + len(cells))), Lines(block))
