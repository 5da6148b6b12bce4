"""Every user's latest events, in memory, for filters on event types."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from include.local_personalize.filters.columns import Bools
from include.local_personalize.filters.expression import Anything, Operator
from include.local_personalize.filters.records import Test

# Events of each user and event type that filters consider. Source: quotas of the developer guide.
CONSIDERED = {"INTERACTIONS": 100, "ACTION_INTERACTIONS": 300}
SUBJECT = {"INTERACTIONS": "ITEM_ID", "ACTION_INTERACTIONS": "ACTION_ID"}
Codes = npt.NDArray[np.int32]
AnyOf = tuple[tuple[Test, ...], ...]


@dataclass(frozen=True)
class Event:
    """One event of a user with an item or action."""

    subject_id: str
    event_type: str
    timestamp: int


class Interactions:
    """Events as integer arrays, sorted by user, then event type, newest first: a quarter of a gigabyte for 25 million
    interactions. Event types are in lower case, since filters ignore their case.
    """

    def __init__(self, dataset_type: str, parts: Sequence[Path], put: pa.Table | None = None) -> None:
        self.considered = CONSIDERED[dataset_type]
        subject = SUBJECT[dataset_type]
        names = ["USER_ID", subject, "EVENT_TYPE", "TIMESTAMP"]
        tables = [pq.read_table(part, columns=names, read_dictionary=names[:3]) for part in parts]
        tables += [put.select(names)] if put is not None else []
        empty = pa.table({name: pa.array([], pa.string()) for name in names[:3]} | {names[3]: pa.array([], pa.int64())})
        table = pa.concat_tables([_encoded(table, names) for table in [empty, *tables]]).unify_dictionaries()
        users, self._user_ids = _sorted_codes(table["USER_ID"])
        subjects, self._subject_ids = _sorted_codes(table[subject])
        types, self.event_types = _lower_codes(table["EVENT_TYPE"])
        times = table["TIMESTAMP"].to_numpy().astype(np.int64, copy=False)
        del table, tables  # before sorting, which takes as much again
        order = _newest_first(users.astype(np.int64) * len(self.event_types) + types, times, self.considered)
        self._subjects = subjects[order]
        self._types = types[order].astype(np.int16)
        self._times = times[order]
        lengths = np.bincount(users[order], minlength=len(self._user_ids))
        self._starts = np.concatenate(([0], np.cumsum(lengths)))

    def subjects(self, user_id: str, any_of: AnyOf, recent: Sequence[Event] = ()) -> frozenset[str]:
        """The items or actions of those of the user's events whose type passes all tests of a group. ``recent`` are
        events that the data does not have.
        """
        rows = self._rows(user_id)
        if recent:
            return frozenset(
                event.subject_id for event in self._latest(rows, recent) if passes(any_of, event.event_type)
            )
        chosen = self._subjects[rows][self._passing(any_of)[self._types[rows]]]
        return frozenset(self._subject_ids.take(pa.array(np.unique(chosen))).to_pylist())

    def users(self, any_of: AnyOf) -> frozenset[str]:
        """The users who have an event whose type passes all tests of a group."""
        chosen = np.flatnonzero(self._passing(any_of)[self._types])
        users = np.unique(np.searchsorted(self._starts, chosen, side="right") - 1)
        return frozenset(self._user_ids.take(pa.array(users)).to_pylist())

    def _rows(self, user_id: str) -> slice:
        at = bisect_left(range(len(self._user_ids)), user_id, key=lambda row: str(self._user_ids[row]))
        known = at < len(self._user_ids) and str(self._user_ids[at]) == user_id
        return slice(int(self._starts[at]), int(self._starts[at + 1])) if known else slice(0)

    def _passing(self, any_of: AnyOf) -> Bools:
        return np.array([passes(any_of, event_type) for event_type in self.event_types], np.bool_)

    def _latest(self, rows: slice, recent: Sequence[Event]) -> Iterator[Event]:
        subjects = self._subject_ids.take(pa.array(self._subjects[rows])).to_pylist()
        types = (self.event_types[code] for code in self._types[rows])
        known = map(Event, subjects, types, self._times[rows].tolist())
        seen: Counter[str] = Counter()
        for event in sorted([*known, *recent], key=lambda event: event.timestamp, reverse=True):
            event_type = event.event_type.lower()
            seen[event_type] += 1
            if seen[event_type] <= self.considered:
                yield event


def passes(any_of: AnyOf, event_type: str) -> bool:
    """Whether an event type passes all tests of a group; case does not count."""
    return any(all(_test_passes(test, event_type.lower()) for test in group) for group in any_of)


def _test_passes(test: Test, event_type: str) -> bool:
    equal = any(isinstance(value, Anything) or str(value).lower() == event_type for value in test.values)
    return equal is not (test.operator is Operator.NOT_IN)


def _newest_first(groups: npt.NDArray[np.int64], times: npt.NDArray[np.int64], most: int) -> npt.NDArray[np.int64]:
    """Positions of the ``most`` newest of each group, newest first, in the order of the groups."""
    order = np.lexsort((-times, groups))
    ordered = groups[order]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))[: len(order)]
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    return order[rank < most]


def _encoded(table: pa.Table, names: list[str]) -> pa.Table:
    """Ids and types as dictionaries of strings, whatever way a part has them."""
    columns = {}
    for name in names[:3]:
        column = table[name] if pa.types.is_dictionary(table[name].type) else table[name].dictionary_encode()
        columns[name] = column.cast(pa.dictionary(pa.int32(), pa.string()))
    return pa.table(columns | {names[3]: table[names[3]].cast(pa.int64())})


def _codes(column: pa.ChunkedArray) -> tuple[Codes, pa.Array]:
    """The code of each row (-1: null), and the values of the codes."""
    chunks = column.chunks
    dictionary = chunks[0].dictionary if chunks else pa.array([], pa.string())
    codes = [chunk.indices.fill_null(-1).to_numpy() for chunk in chunks]
    return np.concatenate([np.empty(0, np.int32), *codes]), dictionary


def _sorted_codes(column: pa.ChunkedArray) -> tuple[Codes, pa.Array]:
    codes, dictionary = _codes(column)
    order = pc.sort_indices(dictionary).to_numpy()
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return rank[codes], dictionary.take(pa.array(order))


def _lower_codes(column: pa.ChunkedArray) -> tuple[Codes, list[str]]:
    """Event types without regard to case; an event without one has the type ""."""
    codes, dictionary = _codes(column)
    lower = [value.lower() for value in dictionary.to_pylist()] + [""]
    distinct = sorted(set(lower))
    number = np.array([distinct.index(value) for value in lower], np.int32)
    return number[codes], distinct
