"""Which cells of a column its bytes put in doubt: found at once, so that regular expressions see these alone."""

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa

from include.datasets.checking.column import RESERVED, Column
from include.datasets.checking.strings import MISSING

NONE = np.zeros(0, np.int64)


@dataclass(frozen=True)
class Bytes:
    """The bytes of a column: where each cell begins, and how many it has; none where it is null."""

    data: np.ndarray
    starts: np.ndarray
    sizes: np.ndarray

    @classmethod
    def of(cls, cells: pa.StringArray) -> "Bytes":
        """Look at an array's bytes without copying them."""
        _, offsets, data = cells.buffers()
        if not len(cells) or not data:
            return cls(np.zeros(0, np.uint8), np.zeros(len(cells), np.int32), np.zeros(len(cells), np.int32))
        ends = np.frombuffer(offsets, np.int32)[cells.offset : cells.offset + len(cells) + 1]
        first = ends[0]
        return cls(np.frombuffer(data, np.uint8)[first : ends[-1]], ends[:-1] - first, np.diff(ends))

    def outside(self, least: int, most: int) -> np.ndarray:
        """The cells that have a byte below the one or above the other, by position."""
        if not len(self.data) or (self.data.min() >= least and self.data.max() <= most):
            return NONE
        places = np.flatnonzero((self.data < least) | (self.data > most))
        return np.unique(np.searchsorted(self.starts, places, side="right") - 1)


@dataclass(frozen=True)
class Words:
    """Words that a cell must not be; `begins` is true at length * 256 + first byte of each."""

    pattern: str
    longest: int
    begins: np.ndarray

    @classmethod
    @lru_cache
    def of(cls, column: Column) -> "Words":
        """The words that Personalize reserves, the column's own name, and in ids and event types missing values."""
        exact = [*RESERVED, *column.headings]
        missing = MISSING if column.is_key else ()
        spelled = [word.encode() for word in (*exact, *missing, *(word.upper() for word in missing))]
        longest = max(map(len, spelled))
        begins = np.zeros((longest + 2) * 256, bool)
        begins[[len(word) * 256 + word[0] for word in spelled]] = True
        any_exact, any_missing = ("|".join(map(re.escape, words)) for words in (exact, missing))
        return cls(f"^(?:{any_exact}{f'|(?i:{any_missing})' if missing else ''})$", longest, begins)

    def alike(self, text: Bytes) -> np.ndarray:
        """The cells that have the length and the first byte of a word, by position."""
        if not len(text.data):
            return NONE
        first = text.data[np.minimum(text.starts, len(text.data) - 1)]  # an empty cell may begin where the bytes end
        return np.flatnonzero(self.begins[np.minimum(text.sizes, self.longest + 1) * 256 + first])
