"""Interactions as integer arrays: who did what, oldest first."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import csr_matrix

from include.local_personalize.engine.cores import on_all_cores

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Float32s = npt.NDArray[np.float32]
Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Histories:
    """Every user's events, oldest first.

    The events of user ``u`` are ``items[starts[u]:starts[u + 1]]`` (positions in ``item_ids``) at ``times``
    (epoch seconds).

    Events of one user with one timestamp have no order of their own. They are put in the order of a hash of the
    two ids: the same on every machine and for every order of rows, and different for each user. An order that
    users share, such as that of the ids, would let a model guess the hidden items of a holdout from their place
    in it.

    ``rewards`` has what each event counts, 1 on average, where events do not all count alike.
    """

    user_ids: list[str]
    item_ids: list[str]
    starts: Int64s
    items: Int32s
    times: Int64s
    rewards: Float32s | None = None

    @property
    def lengths(self) -> Int64s:
        """Events of each user."""
        return np.diff(self.starts)

    @property
    def users(self) -> Int32s:
        """The user of each event."""
        return np.repeat(np.arange(len(self.user_ids), dtype=np.int32), self.lengths)

    @property
    def ages(self) -> Int64s:
        """How many events the same user had after each event: 0 for the newest."""
        return np.repeat(self.starts[1:], self.lengths) - 1 - np.arange(len(self.items))

    def counting(self, amounts: Floats) -> Floats:
        """Amounts, one for each event, times what each event counts."""
        return amounts if self.rewards is None else amounts * self.rewards

    def summed(self, values: npt.NDArray[Any]) -> csr_matrix:
        """Users x items, the values of a user's events with one item added up; ``values`` has one for each event."""
        shape = (len(self.user_ids), len(self.item_ids))
        # Copies: sum_duplicates sorts in place, which would destroy the order of events.
        matrix = csr_matrix((values, self.items.copy(), self.starts.copy()), shape=shape)
        matrix.sum_duplicates()
        return matrix

    def where(self, keep: Bools) -> "Histories":
        """The same users and items, with the events for which ``keep`` is true."""
        if keep.all():
            return self
        kept = np.concatenate(([0], np.cumsum(keep)))
        rewards = None if self.rewards is None else self.rewards[keep]
        return Histories(self.user_ids, self.item_ids, kept[self.starts], self.items[keep], self.times[keep], rewards)

    def drawn(self, most_events: int, seed: int) -> "Histories":
        """The whole histories of users drawn at random, fewer than ``most_events`` in all; everyone's, if they have no
        more than that.
        """
        if len(self.items) <= most_events:
            return self
        order = np.random.default_rng(seed).permutation(len(self.user_ids))
        enough = np.searchsorted(np.cumsum(self.lengths[order]), most_events)
        drawn = np.zeros(len(order), np.bool_)
        drawn[order[:enough]] = True
        return self.where(np.repeat(drawn, self.lengths))

    def of(self, user: int) -> Int32s:
        """The items of one user, oldest first."""
        return self.items[self.starts[user] : self.starts[user + 1]]


def encode(
    interactions: pa.Table,
    known_items: Sequence[str] = (),
    rewards: Floats | None = None,
    known_users: Sequence[str] = (),
) -> Histories:
    """Histories of a table with USER_ID, ITEM_ID and TIMESTAMP, whatever the order of its rows; ``rewards`` has what
    each row counts.

    Users and items are numbered in the order of their ids, but after ``known_users`` and ``known_items``, which keep
    the numbers they have.
    """
    users, user_ids = numbered(interactions["USER_ID"], known_users)
    items, item_ids = numbered(interactions["ITEM_ID"], known_items)
    starts, rows = grouped(users, len(user_ids))
    items = items[rows]
    times = interactions["TIMESTAMP"].to_numpy().astype(np.int64, copy=False)[rows]
    user_hashes, item_hashes = _hashes(user_ids), _hashes(item_ids)
    on_all_cores(lambda first, last: _sort(first, last, starts, times, items, user_hashes, item_hashes), starts)
    histories = Histories(user_ids, item_ids, starts, items, times)
    return histories if rewards is None else replace(histories, rewards=_aligned(rewards, interactions, histories))


def followed(older: Histories, newer: Histories) -> Histories:
    """The events of both. ``newer`` is encoded with the users and items of ``older`` as known ones; what each event
    counts is left out.
    """
    lengths = newer.lengths.copy()
    lengths[: len(older.user_ids)] += older.lengths
    starts = _starts(lengths)
    older_starts = np.concatenate((older.starts, np.full(len(lengths) + 1 - len(older.starts), older.starts[-1])))
    items, times = np.empty(starts[-1], np.int32), np.empty(starts[-1], np.int64)
    user_hashes, item_hashes = _hashes(newer.user_ids), _hashes(newer.item_ids)

    def join(first: int, last: int) -> None:
        _join(first, last, older_starts, older.times, older.items, newer.starts, newer.times, newer.items,
              starts, times, items, user_hashes, item_hashes)  # fmt: skip

    on_all_cores(join, starts)
    return Histories(newer.user_ids, newer.item_ids, starts, items, times)


def _aligned(rewards: Floats, interactions: pa.Table, histories: Histories) -> Float32s:
    """The reward of each event of the histories: both sides are sorted by what tells events apart."""
    users, _ = numbered(interactions["USER_ID"], histories.user_ids)
    items, _ = numbered(interactions["ITEM_ID"], histories.item_ids)
    times = interactions["TIMESTAMP"].to_numpy()
    # Events that differ in nothing but their reward: the larger first, whatever the order of rows.
    rows = np.lexsort((-rewards, items, times, users))
    events = np.lexsort((histories.items, histories.times, histories.users))
    aligned = np.empty(len(rows), np.float32)
    aligned[events] = rewards[rows]
    return aligned


def grouped(groups: Int32s, count: int) -> tuple[Int64s, Int32s]:
    """Where each of ``count`` groups starts, and the positions of ``groups`` by group, within a group in order."""
    starts = _starts(_counts(groups, count))
    positions = np.empty(len(groups), np.int32)
    _place(groups, starts[:-1].copy(), positions)
    return starts, positions


@numba.njit(nogil=True, cache=True)
def _counts(groups: Int32s, count: int) -> Int64s:
    # As bincount of numpy, which first makes the groups twice as large.
    counts = np.zeros(count, np.int64)
    for group in groups:
        counts[group] += 1
    return counts


@numba.njit(nogil=True, cache=True)
def _place(groups: Int32s, following: Int64s, positions: Int32s) -> None:
    for at in range(len(groups)):
        group = groups[at]
        positions[following[group]] = at
        following[group] += 1


def numbered(column: pa.ChunkedArray, known: Sequence[str] = ()) -> tuple[Int32s, list[str]]:
    """The number of each row's string, and the strings in the order of their numbers: ``known`` ones, whether a row has
    them or not, and then the others in the order of the alphabet.
    """
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    present: set[str] = set()
    runs = _by_dictionary(column)
    for values, codes_of_chunks in runs:
        seen = np.zeros(len(values), np.bool_)
        for codes in codes_of_chunks:
            seen[codes] = True
        present.update(values[code] for code in np.flatnonzero(seen))
    ids = [*known, *sorted(present.difference(known))]
    number = {each: at for at, each in enumerate(ids)}
    parts = [np.empty(0, np.int32)]
    for values, codes_of_chunks in runs:
        numbers = np.fromiter((number.get(value, -1) for value in values), np.int32, len(values))
        parts += [numbers[codes] for codes in codes_of_chunks]
    return np.concatenate(parts), ids


def _by_dictionary(column: pa.ChunkedArray) -> list[tuple[list[str], list[Int32s]]]:
    """The strings of each dictionary, and the codes of the chunks that have it: each chunk may have one of its own, yet
    those of one part share theirs.
    """
    runs: list[tuple[list[str], list[Int32s]]] = []
    dictionary = None
    for chunk in column.chunks:
        if dictionary is None or not chunk.dictionary.equals(dictionary):
            dictionary = chunk.dictionary
            runs.append((dictionary.to_pylist(), []))
        runs[-1][1].append(chunk.indices.to_numpy())
    return runs


@numba.njit(nogil=True, cache=True)
def _sort(
    first: int,
    last: int,
    starts: Int64s,
    times: Int64s,
    items: Int32s,
    user_hashes: npt.NDArray[np.uint64],
    item_hashes: npt.NDArray[np.uint64],
) -> None:
    """In place: each user's events by time, and those of one time by a hash of user and item."""
    for user in range(first, last):
        when, which = times[starts[user] : starts[user + 1]], items[starts[user] : starts[user + 1]]
        if (when[1:] < when[:-1]).any():
            order = np.argsort(when, kind="mergesort")
            when[:], which[:] = when[order], which[order]
        begin = 0
        while begin < len(when):
            end = begin + 1
            while end < len(when) and when[end] == when[begin]:
                end += 1
            if end > begin + 1:
                tied = np.sort(which[begin:end])
                which[begin:end] = tied[np.argsort(_tie_break(user_hashes[user], item_hashes[tied]), kind="mergesort")]
            begin = end


@numba.njit(nogil=True, cache=True)
def _join(
    first: int,
    last: int,
    older_starts: Int64s,
    older_times: Int64s,
    older_items: Int32s,
    newer_starts: Int64s,
    newer_times: Int64s,
    newer_items: Int32s,
    starts: Int64s,
    times: Int64s,
    items: Int32s,
    user_hashes: npt.NDArray[np.uint64],
    item_hashes: npt.NDArray[np.uint64],
) -> None:
    for user in range(first, last):
        old, new = slice(older_starts[user], older_starts[user + 1]), slice(newer_starts[user], newer_starts[user + 1])
        middle = starts[user] + older_starts[user + 1] - older_starts[user]
        times[starts[user] : middle], items[starts[user] : middle] = older_times[old], older_items[old]
        if middle < starts[user + 1]:
            times[middle : starts[user + 1]], items[middle : starts[user + 1]] = newer_times[new], newer_items[new]
            _sort(user, user + 1, starts, times, items, user_hashes, item_hashes)


@numba.njit(nogil=True, cache=True)
def _tie_break(user_hash: np.uint64, item_hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    # The finaliser of SplitMix64 (Steele, Lea and Flood, 2014) spreads the two hashes over 64 bits.
    mixed = (user_hash << np.uint64(32)) | item_hashes
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _hashes(ids: list[str]) -> npt.NDArray[np.uint64]:
    return np.fromiter((zlib.crc32(each.encode()) for each in ids), np.uint64, len(ids))


def _starts(lengths: npt.NDArray[np.integer]) -> Int64s:
    return np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
