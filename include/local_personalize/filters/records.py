"""Items, users or actions with their metadata, in memory: the newest record of each id."""

import threading
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from include.local_personalize.datasets.avro_schema import AvroSchema, Column, key
from include.local_personalize.datasets.csv_to_parquet import ARROW_TYPES
from include.local_personalize.filters.columns import Bools, Numbers, Strings, Values, missing_passes
from include.local_personalize.filters.expression import Operator

KEPT = 32  # answers of each kind that are kept
Kept = TypeVar("Kept")


@dataclass(frozen=True)
class Test:
    """A condition with its values."""

    column: str
    operator: Operator
    values: Values


class Records:
    """Columns by upper-case name, their rows in the order of the ids; safe to ask from many threads."""

    def __init__(self, schema: AvroSchema, parts: Sequence[Path], put: pa.Table | None = None) -> None:
        """From bulk data, oldest part first, and put data, whose records are newer."""
        fields = [pa.field(column.name, ARROW_TYPES[column.type]) for column in schema.columns]
        tables = [pq.read_table(part) for part in parts] + ([put] if put is not None else [])
        # Parts that are older than a change of the schema have fewer columns.
        table = pa.concat_tables([pa.schema(fields).empty_table(), *map(_plain, tables)], promote_options="default")
        table = _newest_of_each(table, key(schema))
        self.ids: pa.Array = table[key(schema)].combine_chunks()
        self._columns = {column.name.upper(): _column(table[column.name], column) for column in schema.columns}
        self._names = {column.name: column.name.upper() for column in schema.columns}
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def row(self, record_id: str) -> int | None:
        """Where a record is; without a dictionary, which for millions of users would be large."""
        at = bisect_left(range(len(self.ids)), record_id, key=lambda row: str(self.ids[row]))
        return at if at < len(self.ids) and str(self.ids[at]) == record_id else None

    def metadata(self, record_id: str, columns: Sequence[str]) -> dict[str, str]:
        """The values of these columns, as text; null ones are left out. KeyError for a column that is not there."""
        row = self.row(record_id)
        values = {} if row is None else {name: self._columns[self._names[name]].text(row) for name in columns}
        return {name: value for name, value in values.items() if value is not None}

    def column(self, name: str) -> Strings | Numbers:
        return self._columns[name]

    def values(self, record_id: str, column: str) -> Values:
        """The values of one column of one record; none where it is null, or the record is not there."""
        row = self.row(record_id)
        return () if row is None else self._columns[column].values(row)

    def passes(self, record_id: str, test: Test) -> bool:
        row = self.row(record_id)
        return missing_passes(test.operator) if row is None else bool(self._mask(test)[row])

    def matching(self, any_of: tuple[tuple[Test, ...], ...]) -> frozenset[str]:
        """The ids of the records that pass all tests of a group. The same question has the same object as answer,
        whose hash Python computes once.
        """
        return self._kept_or(any_of, lambda: frozenset(self.ids.filter(pa.array(self._any(any_of))).to_pylist()))

    def _any(self, any_of: tuple[tuple[Test, ...], ...]) -> Bools:
        groups = [np.logical_and.reduce([self._mask(test) for test in group]) for group in any_of]
        passing: Bools = np.logical_or.reduce(groups)
        return passing

    def _mask(self, test: Test) -> Bools:
        return self._kept_or(test, lambda: self._columns[test.column].test(test.operator, test.values))

    def _kept_or(self, question: Hashable, answer: Callable[[], Kept]) -> Kept:
        with self._lock:
            if question in self._kept:
                self._kept.move_to_end(question)
                kept: Kept = self._kept[question]
                return kept
        found = answer()
        with self._lock:
            self._kept[question] = found
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found


def _plain(table: pa.Table) -> pa.Table:
    """Without dictionaries, which parts may have each of their own."""
    fields = [field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field
              for field in table.schema]  # fmt: skip
    return table.cast(pa.schema(fields))


def _column(values: pa.ChunkedArray, column: Column) -> Strings | Numbers:
    if column.type in ("string", "boolean"):  # booleans, which no filter reads, are only shown
        return Strings.of(values.cast(pa.string()), several=column.categorical)
    return Numbers.of(values)


def _newest_of_each(table: pa.Table, id_column: str) -> pa.Table:
    table = table.take(pc.sort_indices(table, [(id_column, "ascending")]))  # stable, so the newest comes last
    ids = table[id_column].combine_chunks()
    last = np.ones(len(ids), np.bool_)
    last[:-1] = pc.not_equal(ids[:-1], ids[1:]).to_numpy(zero_copy_only=False) if len(ids) else True
    return table.filter(pa.array(last))
