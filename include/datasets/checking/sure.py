"""Whole columns at once: the values of those cells that are good beyond doubt.

A cell that is not sure is not bad: cells.read decides it. Where a cell is sure, its value is what cells.read answers.
"""

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from include.datasets.checking.column import Column
from include.datasets.checking.raw import Bytes, Words
from include.datasets.checking.strings import IMPRESSION_ITEMS
from include.datasets.checking.times import CALENDAR, DAY

# Values, null where a cell is not sure, and whether it is.
Sure = tuple[pa.Array, pa.BooleanArray]

WHOLE = r"^-?[0-9]{1,18}$"  # 18 digits are never too many for a long
DECIMAL = r"^-?[0-9]{1,30}(\.[0-9]{1,30})?$"  # nor these too many for a float
# \pZ are blanks, \pC controls and what nobody sees.
VISIBLE = r"^[^\pC]*[^\pZ\pC][^\pC]*$"
TRIMMED = r"^[^\pZ\pC]([^\pC\p{Zl}\p{Zp}]*[^\pZ\pC])?$"
GRAPHIC = b"!~"  # from the first to the last character of ASCII that leaves ink
DIGITS = b"09"
TRUE = pa.array(["true", "True", "TRUE"])
FALSE = pa.array(["false", "False", "FALSE"])


def read(column: Column, cells: pa.StringArray, now: int) -> Sure:
    """Read a column; empty cells of a nullable column are null and sure."""
    cells = pc.if_else(pc.equal(pc.binary_length(cells), 0), None, cells)
    values, sure = READERS[column.kind](column, cells, now)
    return values, pc.fill_null(sure, column.nullable)


def _strings(column: Column, cells: pa.StringArray, _: int) -> Sure:
    text = Bytes.of(cells)
    sure = pc.is_valid(cells)
    if column.length:
        sure = pc.and_(sure, pc.less_equal(pc.binary_length(cells), column.length))
    if not text.within(*GRAPHIC):
        sure = pc.and_(sure, pc.match_substring_regex(cells, TRIMMED if column.is_key else VISIBLE))
    words = Words.of(column)
    if words.may_be_among(text):
        sure = pc.and_not(sure, pc.match_substring_regex(cells, words.pattern))
    if column.name == "IMPRESSION":
        sure = pc.and_(sure, _short_list(cells))
    return cells, pc.if_else(pc.is_valid(cells), sure, None)


def _short_list(cells: pa.StringArray) -> pa.BooleanArray:
    few = pc.less(pc.count_substring(cells, "|"), IMPRESSION_ITEMS)
    short = pc.less_equal(pc.binary_length(cells), 256)
    return pc.and_(pc.and_(few, short), pc.match_substring_regex(cells, r"^[^|\pZ]+(\|[^|\pZ]+)*$"))


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
    text = Bytes.of(cells)
    if not text.within(*DIGITS) or text.longest > 18:
        cells = pc.if_else(pc.match_substring_regex(cells, pattern), cells, None)
    return pc.cast(cells, kind)


def _known(cells: pa.StringArray, sure: pa.BooleanArray) -> pa.BooleanArray:
    """Not sure where there is a cell without a value; null where there is no cell."""
    return pc.if_else(pc.is_valid(cells), pc.fill_null(sure, False), None)


READERS: dict[str, Callable[[Column, pa.StringArray, int], Sure]] = {
    "string": _strings,
    "int": _whole_numbers,
    "long": _whole_numbers,
    "float": _numbers,
    "double": _numbers,
    "boolean": _booleans,
}
