"""The documented split: what the model sees, and what it is scored on."""

import math
import zlib
from dataclasses import dataclass

import numpy as np

from include.local_personalize.engine.histories import Histories, Int64s

SHARE_OF_USERS = 0.1
SHARE_OF_EVENTS = 0.1


@dataclass(frozen=True)
class Holdout:
    """``shown`` and ``hidden`` share users and items; together they are all events. ``test_users`` have events
    in both.
    """

    shown: Histories
    hidden: Histories
    test_users: Int64s


def hold_out(histories: Histories, seed: int, share_of_users: float = SHARE_OF_USERS) -> Holdout:
    """Hide the newest 10% (at least one) of the interactions of 10% of the users who have two or more.

    Users are drawn by a hash of seed and id, so that with one seed the same users are drawn as the data grows,
    and versions trained on successive days are measured on nearly the same people. Source: Amazon Personalize
    developer guide, evaluating a solution version with metrics.
    """
    eligible = np.flatnonzero(histories.lengths >= 2)
    draws = np.fromiter((_draw(seed, histories.user_ids[user]) for user in eligible), np.int64, len(eligible))
    test_users = np.sort(eligible[np.argsort(draws, kind="stable")][: math.ceil(share_of_users * len(eligible))])
    events = np.maximum(1, SHARE_OF_EVENTS * histories.lengths[test_users]).astype(np.int64)
    # The newest of each test user: so many positions up to the end of the user's history.
    back = np.arange(events.sum()) - np.repeat(np.cumsum(events) - events, events)
    hidden = np.zeros(len(histories.items), np.bool_)
    hidden[np.repeat(histories.starts[test_users + 1], events) - 1 - back] = True
    return Holdout(histories.where(~hidden), histories.where(hidden), test_users)


def _draw(seed: int, user_id: str) -> int:
    return zlib.crc32(f"{seed}:{user_id}".encode())
