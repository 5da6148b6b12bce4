"""What one cell may hold: the value it stands for, or the reason why its row must not be imported.

These functions decide and word every reason. The vectorised checks only find the cells that need no such look.
"""

import math
import re
from collections.abc import Callable

from include.datasets.checking import times
from include.datasets.checking.column import Column
from include.datasets.checking.problem import BadCellError
from include.datasets.checking.strings import MISSING, read_string

Value = str | int | float | bool | None
Reader = Callable[[Column, str, int], Value]

WHOLE = re.compile(r"(-?[0-9]+)(?:\.0+)?")
DECIMAL = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
NOT_FINITE = {"nan", "inf", "-inf", "+inf", "infinity", "-infinity", "+infinity"}
BITS = {"int": 31, "long": 63}
LARGEST = {"float": 3.4028234663852886e38, "double": math.inf}
DIGITS = 400  # more are no number anyone means, and Python converts no more than 4,300


def read(column: Column, cell: str | None, now: int) -> Value:
    """Read a cell; None is null. An empty cell, or one of blanks alone, is null too.

    now: epoch seconds; times may be a day ahead of it. Raises BadCellError, whose message goes on where the name of
    the column ends.
    """
    if cell is None or not cell.strip():
        if column.nullable:
            return None
        raise BadCellError("is blank" if cell else "is empty")
    return READERS[column.kind](column, cell, now)


def _whole_number(column: Column, cell: str, now: int) -> int:
    found = WHOLE.fullmatch(cell)
    if column.is_time:
        return times.read(cell, found[1] if found else None, now, of_event=column.name == "TIMESTAMP")
    if not found:
        raise BadCellError(f"is {cell!r:.40}, {_instead(cell, 'not a whole number')}")
    if len(found[1]) > DIGITS or not -(2 ** BITS[column.kind]) <= int(found[1]) < 2 ** BITS[column.kind]:
        raise BadCellError(f"is {cell:.40}, too large for {column.kind}")
    return int(found[1])


def _number(column: Column, cell: str, _: int) -> float:
    if cell.lower() in NOT_FINITE:
        raise BadCellError(f"is {cell}, not a finite number; leave the cell empty for no value")
    if not DECIMAL.fullmatch(cell):
        raise BadCellError(f"is {cell!r:.40}, {_instead(cell, 'not a number')}")
    value = float(cell)
    if math.isinf(value) or abs(value) > LARGEST[column.kind]:
        raise BadCellError(f"is {cell:.40}, too large for {column.kind}")
    return value


def _boolean(_: Column, cell: str, __: int) -> bool:
    if cell.lower() not in ("true", "false"):
        raise BadCellError(f"is {cell!r:.40}, {_instead(cell, 'not true or false')}")
    return cell.lower() == "true"


def _string(column: Column, cell: str, _: int) -> str:
    return read_string(column, cell)


def _instead(cell: str, wanted: str) -> str:
    if cell.lower() in MISSING:
        return f"{wanted}; leave the cell empty for no value"
    if cell != cell.strip():
        return f"{wanted}: there are blanks around it"
    if re.fullmatch(r"-?[0-9.]+,[0-9]+", cell):
        return f"{wanted}: a comma stands in it; write a decimal point, and nothing between thousands"
    return wanted


READERS: dict[str, Reader] = {
    "string": _string,
    "int": _whole_number,
    "long": _whole_number,
    "float": _number,
    "double": _number,
    "boolean": _boolean,
}
