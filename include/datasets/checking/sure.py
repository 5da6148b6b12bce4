"""Whole columns at once: the values of those cells that are good beyond doubt.

A cell that is not sure is not bad: cells.read decides it. Where a cell is sure, its value is what cells.read answers.
"""

import re
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from include.datasets.checking.column import RESERVED, Column
from include.datasets.checking.strings import IMPRESSION_ITEMS, MISSING
from include.datasets.checking.times import CALENDAR, DAY

# Values, null where a cell is not sure, and whether it is.
Sure = tuple[pa.Array, pa.BooleanArray]

WHOLE = r"^-?[0-9]{1,18}$"  # 18 digits are never too many for a long
DECIMAL = r"^-?[0-9]{1,30}(\.[0-9]{1,30})?$"  # nor these too many for a float
# \pZ are blanks, \pC controls and what nobody sees.
VISIBLE = r"^[^\pC]*[^\pZ\pC][^\pC]*$"
TRIMMED = r"^[^\pZ\pC]([^\pC\p{Zl}\p{Zp}]*[^\pZ\pC])?$"
BLANK = 0x20
DELETE = 0x7F
DIGITS = (0x30, 0x39)
TRUE = pa.array(["true", "True", "TRUE"])
FALSE = pa.array(["false", "False", "FALSE"])


def read(column: Column, cells: pa.StringArray, now: int) -> Sure:
    """Read a column; empty cells of a nullable column are null and sure."""
    cells = pc.if_else(pc.equal(pc.binary_length(cells), 0), None, cells)
    values, sure = READERS[column.kind](column, cells, now)
    return values, pc.fill_null(sure, column.nullable)


def _strings(column: Column, cells: pa.StringArray, _: int) -> Sure:
    sure = pc.invert(pc.match_substring_regex(cells, _words(column)))
    if column.length:
        sure = pc.and_(sure, pc.less_equal(pc.binary_length(cells), column.length))
    least, most = _bytes(cells)
    if least <= BLANK or most >= DELETE:
        sure = pc.and_(sure, pc.match_substring_regex(cells, TRIMMED if column.is_key else VISIBLE))
    if column.name == "IMPRESSION":
        sure = pc.and_(sure, _short_list(cells))
    return cells, sure


def _short_list(cells: pa.StringArray) -> pa.BooleanArray:
    few = pc.less(pc.count_substring(cells, "|"), IMPRESSION_ITEMS)
    short = pc.less_equal(pc.binary_length(cells), 256)
    return pc.and_(pc.and_(few, short), pc.match_substring_regex(cells, r"^[^|\pZ]+(\|[^|\pZ]+)*$"))


def _words(column: Column) -> str:
    """What matches the words that a cell must not be."""
    exact = "|".join(re.escape(word) for word in (*RESERVED, *column.headings))
    missing = "|".join(re.escape(word) for word in MISSING)
    return f"^(?:{exact}|(?i:{missing}))$" if column.is_key else f"^(?:{exact})$"


def _whole_numbers(column: Column, cells: pa.StringArray, now: int) -> Sure:
    values = _cast(cells, pa.int64(), WHOLE)
    if column.is_time:
        likely = pc.and_(pc.greater(values, 0), pc.less_equal(values, now + DAY))
        date = pc.and_(pc.greater_equal(values, CALENDAR.start), pc.less(values, CALENDAR.stop))
        return values, _known(cells, pc.and_not(likely, date))
    if column.kind == "int":
        return values, _known(cells, pc.and_(pc.greater_equal(values, -(2**31)), pc.less(values, 2**31)))
    return values, _known(cells, pc.is_valid(values))


def _numbers(_: Column, cells: pa.StringArray, __: int) -> Sure:
    values = _cast(cells, pa.float64(), DECIMAL)
    return values, _known(cells, pc.is_valid(values))


def _booleans(_: Column, cells: pa.StringArray, __: int) -> Sure:
    true, false = pc.is_in(cells, value_set=TRUE), pc.is_in(cells, value_set=FALSE)
    values = pc.if_else(pc.or_(true, false), true, None)
    return values, _known(cells, pc.is_valid(values))


def _cast(cells: pa.StringArray, kind: pa.DataType, pattern: str) -> pa.Array:
    """Cast the cells that match the pattern, which is slow to ask and not asked where all bytes are digits."""
    least, most = _bytes(cells)
    longest = pc.max(pc.binary_length(cells)).as_py() or 0
    if not (DIGITS[0] <= least and most <= DIGITS[1] and longest <= 18):
        cells = pc.if_else(pc.match_substring_regex(cells, pattern), cells, None)
    return pc.cast(cells, kind)


def _known(cells: pa.StringArray, sure: pa.BooleanArray) -> pa.BooleanArray:
    """Not sure where there is a cell without a value; null where there is no cell."""
    return pc.if_else(pc.is_valid(cells), pc.fill_null(sure, False), None)


def _bytes(cells: pa.StringArray) -> tuple[int, int]:
    """The least and the greatest byte of all cells; two digits if there is none."""
    _, offsets, data = cells.buffers()
    if data is None or not len(cells):
        return DIGITS
    ends = np.frombuffer(offsets, np.int32)[cells.offset : cells.offset + len(cells) + 1]
    used = np.frombuffer(data, np.uint8)[ends[0] : ends[-1]]
    return (int(used.min()), int(used.max())) if len(used) else DIGITS


READERS: dict[str, Callable[[Column, pa.StringArray, int], Sure]] = {
    "string": _strings,
    "int": _whole_numbers,
    "long": _whole_numbers,
    "float": _numbers,
    "double": _numbers,
    "boolean": _booleans,
}
