"""Whole columns at once: the values of those cells that are good beyond doubt.

A cell that is not sure is not bad: cells.read decides it. Where a cell is sure, its value is what cells.read answers.
"""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from include.datasets.checking.column import Column
from include.datasets.checking.raw import Bytes, Words
from include.datasets.checking.strings import IMPRESSION_ITEMS
from include.datasets.checking.times import CALENDAR, DAY

# Values, and by position whether the cell is sure; what they say of null cells does not matter.
Sure = tuple[pa.Array, np.ndarray]

WHOLE_DIGITS = 18  # never too many for a long
WHOLE = rf"^-?[0-9]{{1,{WHOLE_DIGITS}}}$"
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
    text = Bytes.of(cells)
    nothing = text.sizes == 0
    if nothing.any():
        cells = pc.if_else(pa.array(nothing), None, cells)
        text = Bytes.of(cells)
    values, sure = READERS[column.kind](column, cells, text, now)
    return values, np.where(nothing, column.nullable, sure)


def _strings(column: Column, cells: pa.StringArray, text: Bytes, _: int) -> Sure:
    sure = text.sizes <= column.length if column.length else np.ones(len(cells), bool)
    odd, alike = text.outside(*GRAPHIC), Words.of(column).alike(text)
    sure[odd] &= _match(cells, odd, TRIMMED if column.is_key else VISIBLE)
    sure[alike] &= ~_match(cells, alike, Words.of(column).pattern)
    if column.name == "IMPRESSION":
        sure &= _short_list(cells)
    return cells, sure


def _short_list(cells: pa.StringArray) -> np.ndarray:
    few = pc.less(pc.count_substring(cells, "|"), IMPRESSION_ITEMS)
    short = pc.less_equal(pc.binary_length(cells), 256)
    shaped = pc.match_substring_regex(cells, r"^[^|\pZ]+(\|[^|\pZ]+)*$")
    return _known(pc.and_(pc.and_(few, short), shaped))


def _whole_numbers(column: Column, cells: pa.StringArray, text: Bytes, now: int) -> Sure:
    doubtful = np.union1d(text.outside(*DIGITS), np.flatnonzero(text.sizes > WHOLE_DIGITS))
    values = _cast(cells, pa.int64(), doubtful[~_match(cells, doubtful, WHOLE)])
    if column.is_time:
        likely = pc.and_(pc.greater(values, 0), pc.less_equal(values, now + DAY))
        date = pc.and_(pc.greater_equal(values, CALENDAR.start), pc.less(values, CALENDAR.stop))
        return values, _known(pc.and_not(likely, date))
    if column.kind == "int":
        return values, _known(pc.and_(pc.greater_equal(values, -(2**31)), pc.less(values, 2**31)))
    return values, _known(pc.is_valid(values))


def _numbers(_: Column, cells: pa.StringArray, text: Bytes, __: int) -> Sure:
    doubtful = np.union1d(text.outside(*DIGITS), np.flatnonzero(text.sizes > WHOLE_DIGITS))
    values = _cast(cells, pa.float64(), doubtful[~_match(cells, doubtful, DECIMAL)])
    return values, _known(pc.is_valid(values))


def _booleans(_: Column, cells: pa.StringArray, __: Bytes, ___: int) -> Sure:
    true, false = pc.is_in(cells, value_set=TRUE), pc.is_in(cells, value_set=FALSE)
    return pc.if_else(pc.or_(true, false), true, None), _known(pc.or_(true, false))


def _cast(cells: pa.StringArray, kind: pa.DataType, no_numbers: np.ndarray) -> pa.Array:
    """Cast the cells; null where there is no number."""
    if len(no_numbers):
        numbers = np.ones(len(cells), bool)
        numbers[no_numbers] = False
        cells = pc.if_else(pa.array(numbers), cells, None)
    return pc.cast(cells, kind)


def _match(cells: pa.StringArray, positions: np.ndarray, pattern: str) -> np.ndarray:
    return _known(pc.match_substring_regex(cells.take(pa.array(positions)), pattern))


def _known(answers: pa.BooleanArray) -> np.ndarray:
    """Answers by position, no where there is none."""
    known: np.ndarray = pc.fill_null(answers, False).to_numpy(zero_copy_only=False)
    return known


READERS: dict[str, Callable[[Column, pa.StringArray, Bytes, int], Sure]] = {
    "string": _strings,
    "int": _whole_numbers,
    "long": _whole_numbers,
    "float": _numbers,
    "double": _numbers,
    "boolean": _booleans,
}
