"""Columns of metadata, tested as a whole."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from include.local_personalize.filters.expression import Literal, Operator

Bools = npt.NDArray[np.bool_]
Values = tuple[Literal, ...]
COMPARE = {
    Operator.LESS: np.less,
    Operator.LESS_OR_EQUAL: np.less_equal,
    Operator.GREATER: np.greater,
    Operator.GREATER_OR_EQUAL: np.greater_equal,
}
NEGATED = {Operator.NOT_IN: Operator.IN, Operator.NOT_EQUAL: Operator.EQUAL}
SEPARATOR = "|"


def missing_passes(operator: Operator) -> bool:
    """A value that is not there equals nothing, and is neither less nor greater than anything."""
    return operator in NEGATED


@dataclass(frozen=True)
class Strings:
    """Distinct values, and the code of each row's value (-1: null); ``several`` says whether | separates values."""

    dictionary: pa.StringArray
    codes: npt.NDArray[np.int32]
    several: bool

    @classmethod
    def of(cls, column: pa.ChunkedArray, *, several: bool) -> "Strings":
        encoded = column.combine_chunks()
        if not pa.types.is_dictionary(encoded.type):
            encoded = encoded.dictionary_encode()
        codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
        return cls(encoded.dictionary.cast(pa.string()), codes, several)

    def test(self, operator: Operator, values: Values) -> Bools:
        """Which rows pass; a row of several values equals whatever one of them equals."""
        if operator in NEGATED:
            return ~self.test(NEGATED[operator], values)
        wanted = pa.array([value for value in values if isinstance(value, str)], pa.string())
        equal = np.zeros(len(self.dictionary) + 1, np.bool_)  # the last is that of the code -1
        if self.several:
            parts = pc.split_pattern(self.dictionary, SEPARATOR)
            found = pc.is_in(parts.flatten(), value_set=wanted)
            equal[pc.list_parent_indices(parts).filter(found).to_numpy()] = True
        else:
            equal[:-1] = pc.is_in(self.dictionary, value_set=wanted).to_numpy(zero_copy_only=False)
        return equal[self.codes]

    def text(self, row: int) -> str | None:
        code = int(self.codes[row])
        return None if code < 0 else str(self.dictionary[code])

    def values(self, row: int) -> Values:
        """The values of one row, none where it is null."""
        text = self.text(row)
        if text is None:
            return ()
        return tuple(text.split(SEPARATOR)) if self.several else (text,)


@dataclass(frozen=True)
class Numbers:
    """Numbers in the type of their column, and which rows have one."""

    numbers: npt.NDArray[np.number]
    valid: Bools

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> "Numbers":
        return cls(column.fill_null(0).to_numpy(), pc.is_valid(column).to_numpy())

    def test(self, operator: Operator, values: Values) -> Bools:
        """Which rows pass. A float column compares in its own precision, so that 19.99 equals 19.99."""
        if operator in NEGATED:
            return ~self.test(NEGATED[operator], values)
        wanted = self._wanted(values)
        if operator not in COMPARE:
            return np.isin(self.numbers, wanted) & self.valid
        if not len(wanted):
            return np.zeros(len(self.numbers), np.bool_)
        passing: Bools = COMPARE[operator](self.numbers, wanted[0]) & self.valid
        return passing

    def _wanted(self, values: Values) -> npt.NDArray[np.number]:
        as_float = self.numbers.dtype.kind == "f"
        return np.array([value for value in values if isinstance(value, float)], np.float64).astype(
            self.numbers.dtype if as_float else np.float64
        )

    def text(self, row: int) -> str | None:
        return str(self.numbers[row]) if self.valid[row] else None

    def values(self, row: int) -> Values:
        """The number of one row, none where it is null."""
        return (float(self.numbers[row]),) if self.valid[row] else ()
