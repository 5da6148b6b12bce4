"""Interactions as integer arrays: who did what, oldest first."""

from dataclasses import dataclass

import zlib

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Histories:
    """Every user's events, oldest first.

    ``user_ids`` and ``item_ids`` are sorted, so that numbers do not depend on the order of rows. The events of user ``u`` are
    ``items[starts[u]:starts[u + 1]]`` (numbers into ``item_ids``) at ``times`` (epoch seconds). Events of one user with one
    timestamp have no true order: they are put in the order of ``tie_rank``, a fixed shuffle of the items, because the order of
    ids would let a model guess later items from larger ids.
    """

    user_ids: list[str]
    item_ids: list[str]
    starts: Int64s
    items: Int32s
    times: Int64s

    @property
    def lengths(self) -> Int64s:
        """Events per user."""
        return np.diff(self.starts)

    @property
    def users(self) -> Int32s:
        """The user of each event."""
        return np.repeat(np.arange(len(self.user_ids), dtype=np.int32), self.lengths)

    def kept(self, keep: npt.NDArray[np.bool_]) -> "Histories":
        """The same users and items with only the events where ``keep`` is true."""
        lengths = np.bincount(self.users[keep], minlength=len(self.user_ids))
        return Histories(self.user_ids, self.item_ids, _starts(lengths), self.items[keep], self.times[keep])


def encode(interactions: pa.Table, tie="shuffle") -> Histories:
    """Histories of a table with USER_ID, ITEM_ID and TIMESTAMP; whatever the order of its rows, the result is the same."""
    users, user_ids = _numbered(interactions["USER_ID"])
    items, item_ids = _numbered(interactions["ITEM_ID"])
    times = interactions["TIMESTAMP"].to_numpy().astype(np.int64, copy=False)
    if tie == "shuffle":
        order = np.lexsort((_mixed(_hashes(user_ids)[users], _hashes(item_ids)[items]), times, users))
    else:
        order = np.lexsort((items, times, users))
    starts = _starts(np.bincount(users, minlength=len(user_ids)))
    return Histories(user_ids, item_ids, starts, items[order], times[order])


def _numbered(column: pa.ChunkedArray) -> tuple[Int32s, list[str]]:
    """Each value as its rank among the sorted distinct values, and those values."""
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    column = column.unify_dictionaries()
    chunks = column.chunks
    dictionary = chunks[0].dictionary if chunks else pa.array([], pa.string())
    codes = np.concatenate([chunk.indices.to_numpy() for chunk in chunks]) if chunks else np.array([], np.int32)
    used = np.bincount(codes, minlength=len(dictionary)) > 0
    alphabetical = pc.sort_indices(dictionary).to_numpy()
    alphabetical = alphabetical[used[alphabetical]]
    rank = np.empty(len(dictionary), np.int32)
    rank[alphabetical] = np.arange(len(alphabetical), dtype=np.int32)
    return rank[codes], dictionary.take(pa.array(alphabetical)).to_pylist()


def _starts(lengths: npt.NDArray[np.integer]) -> Int64s:
    return np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)


def _hashes(ids):
    return np.fromiter((zlib.crc32(each.encode()) for each in ids), np.uint64, len(ids))


def _mixed(high, low):
    z = (high << np.uint64(32)) | low
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
