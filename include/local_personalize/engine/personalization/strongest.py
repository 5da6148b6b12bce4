"""The strongest of many items, in one pass and without sorting the rest.

A key is one number for an item and its strength, so that keys sort as wanted: by strength, and of equal ones the first
item in number is the larger. Strengths are not negative; the bits of such floats are in their own order.
"""

import numba
import numpy as np

from include.local_personalize.engine.histories import Int64s

LARGEST = 0x7FFFFFFF
PLACES = 4  # times as many as wanted: how many are gathered before the weaker ones are dropped


@numba.njit(nogil=True, cache=True)
def key(strength: np.float32, item: np.int32) -> np.int64:
    """The larger the stronger."""
    return (np.int64(np.float32(strength).view(np.int32)) << 32) | np.int64(LARGEST - item)


@numba.njit(nogil=True, cache=True)
def item_of(key: np.int64) -> np.int64:
    """The item of a key."""
    return LARGEST - (key & LARGEST)


@numba.njit(nogil=True, cache=True)
def strength_of(key: np.int64) -> np.float32:
    """The strength of a key."""
    return np.int32(key >> 32).view(np.float32)


@numba.njit(nogil=True, cache=True)
def make_room(keys: Int64s, most: int) -> np.int64:
    """Move the ``most`` largest of ``keys`` to its front; returns the smallest of them, below which none is wanted."""
    keys[:most] = np.partition(keys, len(keys) - most)[len(keys) - most :]
    return np.int64(keys[:most].min())


@numba.njit(nogil=True, cache=True)
def strongest(keys: Int64s, most: int) -> Int64s:
    """The ``most`` largest, largest first."""
    if len(keys) > most:
        keys = np.partition(keys, len(keys) - most)[len(keys) - most :]
    return np.sort(keys)[::-1]
