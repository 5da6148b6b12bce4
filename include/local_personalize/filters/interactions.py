"""Every user's latest events, in memory, for filters on event types."""

from bisect import bisect_left
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
ROW_BITS = 32
Codes = npt.NDArray[np.int32]
AnyOf = tuple[tuple[Test, ...], ...]


@dataclass(frozen=True)
class Event:
    """One event of a user with an item or action."""

    subject_id: str
    event_type: str
    timestamp: int


class Interactions:
    """Events as integer arrays, sorted by user: at most a third of a gigabyte for 25 million interactions. Event types
    are in lower case, since filters ignore their case.
    """

    def __init__(self, dataset_type: str, parts: Sequence[Path], put: pa.Table | None = None) -> None:
        self.considered = CONSIDERED[dataset_type]
        # Column by column: for 25 million interactions each takes some hundred megabytes on its way.
        users, self._user_ids = _sorted_codes(_read(parts, put, "USER_ID"))
        types, self.event_types = _lower_codes(_read(parts, put, "EVENT_TYPE"))
        times = _read(parts, put, "TIMESTAMP").to_numpy().astype(np.int64, copy=False)
        rows = _newest(users.astype(np.int64) * len(self.event_types) + types, times, self.considered)
        self._types, self._times = types[rows].astype(np.int16), times[rows]
        lengths = np.bincount(users[rows], minlength=len(self._user_ids))
        del users, types, times
        subjects, self._subject_ids = _sorted_codes(_read(parts, put, SUBJECT[dataset_type]))
        self._subjects = subjects[rows]
        self._starts = _starts(lengths)

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
        seen: dict[str, list[int]] = {}
        for event in sorted([*known, *recent], key=lambda event: event.timestamp, reverse=True):
            times = seen.setdefault(event.event_type.lower(), [])
            if len(times) < self.considered or event.timestamp == times[-1]:
                times.append(event.timestamp)
                yield event


def passes(any_of: AnyOf, event_type: str) -> bool:
    """Whether an event type passes all tests of a group; case does not count."""
    return any(all(_test_passes(test, event_type.lower()) for test in group) for group in any_of)


def _test_passes(test: Test, event_type: str) -> bool:
    equal = any(isinstance(value, Anything) or str(value).lower() == event_type for value in test.values)
    return equal is not (test.operator is Operator.NOT_IN)


def _newest(groups: npt.NDArray[np.int64], times: npt.NDArray[np.int64], most: int) -> npt.NDArray[np.int64]:
    """The rows that are among the ``most`` newest of their group, sorted by group; those as old as the last of them
    are among them too.

    Numbers are packed and sorted, ten times as fast as finding the order that would sort them.
    """
    lengths = np.bincount(groups)
    crowded = lengths > most
    rows = np.flatnonzero(crowded[groups])
    if len(rows):
        age = times.max() - times[rows]
        # Times that leave no room for the group, in milliseconds perhaps, are compared more coarsely.
        age >>= max(0, int(age.max()).bit_length() + len(lengths).bit_length() - 63)
        span = int(age.max()).bit_length()
        packed = (groups[rows] << span) | age
        oldest = np.sort(packed)[_starts(lengths[crowded])[:-1] + most - 1]
        limit = np.zeros(len(lengths), np.int64)
        limit[crowded] = oldest
        keep = np.ones(len(groups), np.bool_)
        keep[rows[packed > limit[groups[rows]]]] = False
        rows = np.flatnonzero(keep)
    else:
        rows = np.arange(len(groups))
    packed = (groups[rows] << ROW_BITS) | rows
    packed.sort()
    return packed & ((1 << ROW_BITS) - 1)


def _starts(lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths)))


def _read(parts: Sequence[Path], put: pa.Table | None, name: str) -> pa.ChunkedArray:
    """One column of all rows; strings as one dictionary, whatever way a part has them."""
    strings = name != "TIMESTAMP"
    type_ = pa.dictionary(pa.int32(), pa.string()) if strings else pa.int64()
    columns = [pq.read_table(part, columns=[name], read_dictionary=[name] if strings else None)[name] for part in parts]
    columns += [put[name]] if put is not None else []
    chunks = [chunk for column in columns for chunk in _encoded(column, type_).chunks]
    whole = pa.chunked_array(chunks, type_)
    return whole.unify_dictionaries() if strings else whole


def _encoded(column: pa.ChunkedArray, type_: pa.DataType) -> pa.ChunkedArray:
    if pa.types.is_dictionary(type_) and not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    return column.cast(type_)


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
