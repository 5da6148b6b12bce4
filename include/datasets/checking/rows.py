"""Rows against the rules: good ones as a typed table, the others with line, column, reason and their own text."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from include.datasets.checking import cells, sure
from include.datasets.checking.column import Column
from include.datasets.checking.problem import BadCellError
from include.datasets.checking.rules import Rules
from include.datasets.reading.chunk import Chunk, Quarantined


@dataclass(frozen=True)
class Checked:
    """A chunk, checked: rows_read = good rows + quarantined rows.

    rows: the schema's columns in its order; string, int64 for int and long, float64 for float and double, bool.
    lines: int64, the line of each good row. quarantined: by line.
    """

    rows_read: int
    rows: pa.Table
    lines: pa.Array
    quarantined: Sequence[Quarantined]

    def __post_init__(self) -> None:
        accounted = len(self.rows) + len(self.quarantined)
        if self.rows_read != accounted or len(self.rows) != len(self.lines):
            raise ValueError(
                f"{self.rows_read} rows were read, {accounted} accounted for. "
                "This is a defect of the programme: please report it."
            )


Problem = tuple[str, str]  # the column to blame and the reason


def check(chunk: Chunk, rules: Rules, now: int) -> Checked:
    """Check a chunk's rows; now is epoch seconds, and no time may be more than a day ahead of it.

    A row with more than one bad cell is quarantined for the first of them, in the schema's order.
    """
    problems: dict[int, Problem] = {}
    table = pa.table({column.name: _read(chunk, column, now, problems) for column in rules.columns})
    if not problems:
        return Checked(len(table) + len(chunk.broken), table, chunk.lines, chunk.broken)
    keep = np.ones(len(table), bool)
    keep[list(problems)] = False
    good = pa.array(keep)
    quarantined = sorted([*chunk.broken, *_quarantined(chunk, problems)], key=lambda row: row.line)
    return Checked(len(table) + len(chunk.broken), table.filter(good), chunk.lines.filter(good), quarantined)


def _read(chunk: Chunk, column: Column, now: int, problems: dict[int, Problem]) -> pa.Array:
    """A column's values: cells in doubt are read one by one, and the problems of those that are bad noted."""
    texts = _cells(chunk, column)
    values, known = sure.read(column, texts, now)
    doubtful = np.flatnonzero(~known)
    decided: dict[int, cells.Value] = {}
    for position, cell in zip(doubtful.tolist(), texts.take(pa.array(doubtful)).to_pylist(), strict=True):
        try:
            decided[position] = cells.read(column, cell, now)
        except BadCellError as error:
            problems.setdefault(position, (column.name, f"{column.name} {error}"))
    if not decided:
        return values  # what they are in the rows of bad cells does not matter
    mask = np.zeros(len(texts), bool)
    mask[list(decided)] = True
    return pc.replace_with_mask(values, mask, pa.array(list(decided.values()), column.arrow))


def _cells(chunk: Chunk, column: Column) -> pa.StringArray:
    if column.source not in chunk.cells.column_names:
        return pa.nulls(len(chunk.cells), pa.string())
    chunks = chunk.cells[column.source]
    return chunks.chunk(0) if chunks.num_chunks == 1 else chunks.combine_chunks()


def _quarantined(chunk: Chunk, problems: Mapping[int, Problem]) -> Iterator[Quarantined]:
    lines = chunk.lines.take(pa.array(list(problems))).to_pylist()
    for (position, problem), line in zip(problems.items(), lines, strict=True):
        yield Quarantined(line, *problem, chunk.text(position))
