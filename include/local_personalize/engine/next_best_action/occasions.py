"""Occasions to take an action, from the history of action interactions: who could, and who did.

Each interaction is an occasion. It ended well if it was TAKEN, or if the same user took the same action within the
action_optimization_period after it. Source: Amazon Personalize developer guide, next-best-action recipe.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from include.local_personalize.engine.histories import Bools, Floats, Int64s

TAKEN = "TAKEN"  # the others are NOT_TAKEN and VIEWED
SECONDS_A_DAY = 86_400
CONSIDERED = 6 * 7 * SECONDS_A_DAY  # before the latest interaction
FEWEST_OF_EACH = 50


@dataclass(frozen=True)
class Occasions:
    """In the order of time; ``users`` and ``actions`` are numbers. ``taken`` and ``left`` count how often the user had
    taken the action before, and how often not.
    """

    users: Int64s
    actions: Int64s
    times: Int64s
    was_taken: Bools
    ended_well: Bools
    taken: Int64s
    left: Int64s

    def where(self, keep: Bools) -> "Occasions":
        """Those for which ``keep`` is true."""
        return Occasions(*(column[keep] for column in vars(self).values()))

    @property
    def considered(self) -> Bools:
        """Which are recent enough to train."""
        considered: Bools = self.times >= self.times.max(initial=0) - CONSIDERED
        return considered


def read(interactions: pa.Table | None, users: dict[str, int], actions: dict[str, int], period_days: int) -> Occasions:
    """From USER_ID, ACTION_ID, EVENT_TYPE and TIMESTAMP (epoch seconds), without rows of other users or actions."""
    names = ("TIMESTAMP", "USER_ID", "ACTION_ID", "EVENT_TYPE")
    columns_of = [] if interactions is None else [interactions[name].to_pylist() for name in names]
    rows = zip(*columns_of, strict=True)
    known = sorted(
        (time, users[user], actions[action], event_type.upper() == TAKEN)
        for time, user, action, event_type in rows
        if user in users and action in actions
    )
    columns = np.array(known, np.int64).reshape(-1, 4).T
    times, of_users, of_actions, was_taken = columns
    taken, left, ended_well = _with_history(columns, period_days * SECONDS_A_DAY)
    return Occasions(of_users, of_actions, times, was_taken.astype(bool), ended_well, taken, left)


def _with_history(columns: Int64s, period: int) -> tuple[Int64s, Int64s, Bools]:
    counts: dict[tuple[int, int], list[int]] = {}
    next_taken: dict[tuple[int, int], int] = {}
    taken, left = np.zeros(columns.shape[1], np.int64), np.zeros(columns.shape[1], np.int64)
    ended_well = np.zeros(columns.shape[1], np.bool_)
    rows = columns.T.tolist()
    for at, (_, user, action, was_taken) in enumerate(rows):
        before = counts.setdefault((user, action), [0, 0])
        left[at], taken[at] = before
        before[was_taken] += 1
    # Backwards, so that it is known when the same user takes the same action next.
    for at in range(len(rows) - 1, -1, -1):
        time, user, action, was_taken = rows[at]
        if was_taken:
            next_taken[user, action] = time
        ended_well[at] = next_taken.get((user, action), time + period + 1) <= time + period
    return taken, left, ended_well


def features(tastes: Floats, activity: Floats, taken: Int64s, left: Int64s) -> Floats:
    """One row for each occasion: what the user is like, and what the user did with the action before."""
    return np.column_stack([tastes, activity, np.log1p(taken), np.log1p(left)])
