"""Rows against the rules: good ones as a typed table, the others with line, column, reason and their own text."""

from collections.abc import Sequence
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


def check(chunk: Chunk, rules: Rules, now: int) -> Checked:
    """Check a chunk's rows; now is epoch seconds, and no time may be more than a day ahead of it."""
    read = {column.name: sure.read(column, _cells(chunk, column), now) for column in rules.columns}
    doubtful = np.zeros(len(chunk.cells), bool)
    for _, known in read.values():
        doubtful |= ~known.to_numpy(zero_copy_only=False)
    table = pa.table({name: values for name, (values, _) in read.items()})
    lines, quarantined = chunk.lines, list(chunk.broken)
    if doubtful.any():
        table, lines, bad = _decide(chunk, rules, now, table, doubtful)
        quarantined = sorted([*quarantined, *bad], key=lambda row: row.line)
    return Checked(len(chunk.cells) + len(chunk.broken), table, lines, quarantined)


def _cells(chunk: Chunk, column: Column) -> pa.StringArray:
    if column.source not in chunk.cells.column_names:
        return pa.nulls(len(chunk.cells), pa.string())
    chunks = chunk.cells[column.source]
    return chunks.chunk(0) if chunks.num_chunks == 1 else chunks.combine_chunks()


def _decide(
    chunk: Chunk, rules: Rules, now: int, table: pa.Table, doubtful: np.ndarray
) -> tuple[pa.Table, pa.Array, list[Quarantined]]:
    """Read the doubtful rows cell by cell: those that are good take their place in the table."""
    positions = np.flatnonzero(doubtful)
    keep = np.ones(len(doubtful), bool)
    found: list[list[cells.Value]] = []
    bad: list[Quarantined] = []
    texts = [_cells(chunk, column).take(pa.array(positions)).to_pylist() for column in rules.columns]
    for position, row in zip(positions.tolist(), zip(*texts, strict=True), strict=True):
        values, problem = read_row(rules, row, now)
        found.append(values)
        if problem:
            keep[position] = False
            bad.append(Quarantined(chunk.lines[position].as_py(), *problem, chunk.text(position)))
    mask, kept = pa.array(doubtful), pa.array(keep)
    for index, column in enumerate(rules.columns):
        decided = pa.array([values[index] for values in found], column.arrow)
        values = pc.replace_with_mask(table[column.name].combine_chunks(), mask, decided)
        table = table.set_column(index, column.name, values)
    return table.filter(kept), chunk.lines.filter(kept), bad


def read_row(rules: Rules, row: Sequence[str | None], now: int) -> tuple[list[cells.Value], tuple[str, str] | None]:
    """Read the cells of a row, in the rules' order: its values, or nulls and the column to blame with the reason."""
    values: list[cells.Value] = []
    for column, cell in zip(rules.columns, row, strict=True):
        try:
            values.append(cells.read(column, cell, now))
        except BadCellError as error:
            return [None] * len(rules.columns), (column.name, f"{column.name} {error}")
    return values, None
