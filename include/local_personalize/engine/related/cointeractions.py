"""Items that the same users have had.

The neighbours of item i are the items j with the largest

    users who have had both i and j / users who have had j ** popularity_discount_factor
"""

import numba
import numpy as np
from scipy.sparse import csr_matrix

from include.local_personalize.engine.cores import on_all_cores
from include.local_personalize.engine.histories import Histories, Int32s, Int64s
from include.local_personalize.engine.ranking import best

NEIGHBOURS = 200


def neighbours(histories: Histories, popularity_discount_factor: float, min_cointeraction_count: int) -> Int32s:
    """Items x at most NEIGHBOURS, nearest first, padded with -1; of equally near ones the first in number comes first.

    Neighbours have at least ``min_cointeraction_count`` users in common with the item, and never fewer than one.
    """
    items_of = _had(histories)
    users_of = items_of.tocsc()
    users = np.diff(users_of.indptr)
    discounts = np.maximum(users, 1.0) ** -popularity_discount_factor
    nearest = np.full((len(users), min(NEIGHBOURS, len(users))), -1, np.int32)

    def fit_items(first: int, last: int) -> None:
        together = np.empty(len(users), np.int32)
        for item in range(first, last):
            _count(item, users_of.indptr, users_of.indices, items_of.indptr, items_of.indices, together)
            found = np.flatnonzero(together >= max(min_cointeraction_count, 1))
            order = found[best(together[found] * discounts[found], nearest.shape[1])]
            nearest[item, : len(order)] = order

    on_all_cores(fit_items, _work(items_of, users_of))
    return nearest


def _had(histories: Histories) -> csr_matrix:
    """Users x items, with an entry where a user has had an item, whatever its value."""
    return histories.summed(np.ones(len(histories.items), np.int8))


def _work(items_of: csr_matrix, users_of: csr_matrix) -> Int64s:
    """Of all items up to each, the items that their users have: what there is to count."""
    work: Int64s = np.concatenate(([0], np.cumsum(np.diff(items_of.indptr)[users_of.indices])))[users_of.indptr]
    return work


@numba.njit(nogil=True, cache=True)
def _count(item: int, user_starts: Int32s, users: Int32s, item_starts: Int32s, items: Int32s, together: Int32s) -> None:
    """Users that each other item shares with ``item``, written to ``together``."""
    together[:] = 0
    for at in range(user_starts[item], user_starts[item + 1]):
        user = users[at]
        for other in range(item_starts[user], item_starts[user + 1]):
            together[items[other]] += 1
    together[item] = 0
