"""Epoch seconds, and the other things that people write for a time."""

import re

from include.datasets.checking.problem import BadCellError

DAY = 86_400
UNITS = ((10**17, "nanoseconds"), (10**14, "microseconds"), (10**11, "milliseconds"))  # as seconds: the year 5138
CALENDAR = range(1900_01_01, 2101_01_01)  # YYYYMMDD; as seconds: August 1970
DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|[A-Za-z]{3},? ")


def read(cell: str, digits: str | None, now: int, *, of_event: bool) -> int:
    """Read epoch seconds: from 1970 to a day after now. Raises BadCellError, which names what the cell seems to be.

    digits: the whole number that the cell spells, None if it spells none.
    of_event: an event at 0 has no time, it seems; an item made then is merely old.
    """
    if digits is None:
        raise BadCellError(f"is {cell!r:.40}, {_seems(cell)}")
    if digits.startswith("-") and digits.strip("-0"):
        raise BadCellError(f"is {digits:.40}, before 1970")
    if len(digits.lstrip("-0")) > 20:
        raise BadCellError(f"is {digits:.40}, too large for a time")
    value = int(digits.lstrip("-0") or 0)
    for least, unit in UNITS:
        if value >= least:
            raise BadCellError(f"is {value}: {unit}, it seems; Personalize takes epoch seconds")
    if value == 0 and of_event:
        raise BadCellError("is 0: no time, it seems")
    if value in CALENDAR and 1 <= value // 100 % 100 <= 12 and 1 <= value % 100 <= 31:
        raise BadCellError(f"is {value}: looks like a date; Personalize takes epoch seconds")
    if value > now + DAY:
        raise BadCellError(f"is {value}, more than a day in the future")
    return value


def _seems(cell: str) -> str:
    if DATE.match(cell.strip()):
        return "looks like a date; Personalize takes epoch seconds"
    if re.fullmatch(r"-?[0-9]+\.[0-9]+", cell):
        return "has a fraction; Personalize takes whole epoch seconds"
    if re.fullmatch(r"[0-9.]+[eE][+-]?[0-9]+", cell):
        return "not epoch seconds: its digits are lost"
    if cell != cell.strip():
        return "not epoch seconds: there are blanks around it"
    return "not epoch seconds"
