"""Questions to a column that its bytes answer at once, long before a regular expression has seen every cell."""

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa

from include.datasets.checking.column import RESERVED, Column
from include.datasets.checking.strings import MISSING


@dataclass(frozen=True)
class Bytes:
    """The bytes of a column: where each cell that has any begins, and how many it has."""

    data: np.ndarray
    starts: np.ndarray
    sizes: np.ndarray

    @classmethod
    def of(cls, cells: pa.StringArray) -> "Bytes":
        """Look at an array's bytes without copying them."""
        _, offsets, data = cells.buffers()
        if not len(cells) or not data:
            return cls(np.zeros(0, np.uint8), np.zeros(0, np.int32), np.zeros(0, np.int32))
        ends = np.frombuffer(offsets, np.int32)[cells.offset : cells.offset + len(cells) + 1]
        starts, sizes = ends[:-1], np.diff(ends)
        if not sizes.all():
            starts, sizes = starts[sizes > 0], sizes[sizes > 0]
        return cls(np.frombuffer(data, np.uint8)[: ends[-1]], starts, sizes)

    def within(self, least: int, most: int) -> bool:
        """Whether no byte is outside of the two."""
        return not len(self.data) or bool(self.data.min() >= least and self.data.max() <= most)

    @property
    def longest(self) -> int:
        """Bytes of the longest cell."""
        return int(self.sizes.max(initial=0))


@dataclass(frozen=True)
class Words:
    """Words that a cell must not be; `begins` is true at [length, first byte] of each."""

    pattern: str
    begins: np.ndarray

    @classmethod
    @lru_cache
    def of(cls, column: Column) -> "Words":
        """The words that Personalize reserves, the column's own name, and in ids and event types missing values."""
        exact = [*RESERVED, *column.headings]
        missing = MISSING if column.is_key else ()
        spelled = [*exact, *missing, *(word.upper() for word in missing)]
        begins = np.zeros((max(len(word.encode()) for word in spelled) + 2, 256), bool)
        for word in spelled:
            begins[len(word.encode()), word.encode()[0]] = True
        any_exact, any_missing = ("|".join(map(re.escape, words)) for words in (exact, missing))
        return cls(f"^(?:{any_exact}{f'|(?i:{any_missing})' if missing else ''})$", begins)

    def may_be_among(self, text: Bytes) -> bool:
        """Whether a cell has the length and the first byte of a word."""
        sizes = np.minimum(text.sizes, len(self.begins) - 1)
        return bool(self.begins[sizes, text.data[text.starts]].any())
