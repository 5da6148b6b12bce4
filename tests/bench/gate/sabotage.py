"""Seven ways in which a FULL version goes wrong, each of graded size."""

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np

from tests.bench.gate.calendar import TYPES, Events, Night

DAY = 86_400
EVENTS_OF_A_BOT = 40

Random = np.random.Generator


def shuffled_ids(night: Night, share: float, random: Random) -> Events:
    """A share of the rows have changed their users among themselves: a join that went wrong."""
    events = night.training
    rows = np.flatnonzero(random.random(len(events.users)) < share)
    users = events.users.copy()
    users[rows] = users[random.permutation(rows)]
    return Events(users, events.items, events.times, events.types)


def dropped_type(night: Night, share: float, random: Random) -> Events:  # noqa: ARG001 (nothing is drawn)
    """The types of events are gone that are together the given share of the rows."""
    subsets = [which for count in (1, 2) for which in combinations(range(len(TYPES)), count)]
    usual = list(TYPES.values())
    gone = min(subsets, key=lambda which: abs(sum(usual[number] for number in which) - share))
    return night.training.where(~np.isin(night.training.types, gone))


def stale(night: Night, days: float, random: Random) -> Events:  # noqa: ARG001 (nothing is drawn)
    """The last days did not come."""
    return night.training.where(night.training.times < night.now - days * DAY)


def bot_flood(night: Night, share: float, random: Random) -> Events:
    """Crawlers came, with so many rows for each row of people: each reads on from some item, in the order of ids."""
    events = night.training
    bots = max(1, round(share * len(events.users) / EVENTS_OF_A_BOT))
    users = np.repeat(int(events.users.max()) + 1 + np.arange(bots), EVENTS_OF_A_BOT)
    catalogue = np.unique(events.items)
    first = random.integers(0, len(catalogue), bots)
    items = catalogue[(first[:, None] + np.arange(EVENTS_OF_A_BOT)).ravel() % len(catalogue)]
    began = random.choice(events.times, bots)
    times = np.minimum((began[:, None] + 60 * np.arange(EVENTS_OF_A_BOT)).ravel(), night.now - 1)
    return Events(
        np.concatenate((events.users, users)),
        np.concatenate((events.items, items)),
        np.concatenate((events.times, times)),
        np.concatenate((events.types, np.zeros(len(users), events.types.dtype))),
    )


def broken_timestamps(night: Night, share: float, random: Random) -> Events:
    """A share of the rows have the time of the export for their own."""
    events = night.training
    broken = random.random(len(events.users)) < share
    return Events(events.users, events.items, np.where(broken, night.now - 1, events.times), events.types)


def missing_catalogue(night: Night, share: float, random: Random) -> Events:
    """The rows of a share of the items are gone."""
    catalogue = np.unique(night.training.items)
    gone = random.permutation(catalogue)[: round(share * len(catalogue))]
    return night.training.where(~np.isin(night.training.items, gone))


def wrong_hyperparameter(night: Night, share: float, random: Random) -> Events:  # noqa: ARG001 (data are sound)
    """The data are sound: what is wrong is in `config`."""
    return night.training


def config(kind: str, size: float, factors: int) -> dict[str, Any]:
    """The solutionConfig; as it should be, but for the kind that gets it wrong: a share of people do not train."""
    right: dict[str, Any] = {"algorithmHyperParameters": {"hidden_dimension": str(factors)}}
    if kind != "wrong hyperparameter":
        return right
    return right | {"featureTransformationParameters": {"max_user_history_length_percentile": f"{0.99 - size:g}"}}


KINDS: dict[str, Callable[[Night, float, Random], Events]] = {
    "shuffled ids": shuffled_ids,
    "dropped event type": dropped_type,
    "stale data": stale,
    "bot flood": bot_flood,
    "broken timestamps": broken_timestamps,
    "half the catalogue": missing_catalogue,
    "wrong hyperparameter": wrong_hyperparameter,
}
