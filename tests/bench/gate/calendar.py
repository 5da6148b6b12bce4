"""People's events on one calendar, from which nights are cut: what a FULL version trains on, and what came later."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

START = 1_700_000_000
WEEK = 7 * 86_400
TYPES = {"click": 0.6, "cart": 0.3, "purchase": 0.1}
WEEKDAYS = np.array([0.8, 0.8, 0.9, 1.0, 1.2, 1.3, 1.0])
RESTLESS = 0.1  # standard deviation of the logarithm of how much happens on a day

Numbers = np.ndarray


@dataclass(frozen=True)
class Events:
    """Interactions: numbers of users and items, epoch seconds, places in TYPES; the order of rows means nothing."""

    users: Numbers
    items: Numbers
    times: Numbers
    types: Numbers

    def where(self, keep: Numbers) -> "Events":
        return Events(self.users[keep], self.items[keep], self.times[keep], self.types[keep])

    def table(self) -> pa.Table:
        """USER_ID, ITEM_ID, TIMESTAMP and EVENT_TYPE, as the service reads them."""
        names = pa.array(list(TYPES))
        return pa.table(
            {
                "USER_ID": _ids("u", self.users),
                "ITEM_ID": _ids("i", self.items),
                "TIMESTAMP": self.times,
                "EVENT_TYPE": names.take(pa.array(self.types)),
            }
        )


@dataclass(frozen=True)
class Night:
    """What a FULL version trains on at `now`, and the events of the weeks after, of people who are in it."""

    training: Events
    later: Events
    now: int


@dataclass(frozen=True)
class Calendar:
    """Events over `window` weeks for the first night, a week more for each later one, and `after` weeks to look back
    from. A night trains on the newest `window` weeks.
    """

    events: Events
    window: int
    after: int

    def night(self, number: int) -> Night:
        now = START + (self.window + number) * WEEK
        times = self.events.times
        training = self.events.where((times >= now - self.window * WEEK) & (times < now))
        later = self.events.where((times >= now) & (times < now + self.after * WEEK))
        return Night(training, later.where(np.isin(later.users, training.users)), now)


def spread(users: Numbers, items: Numbers, weeks: int, renewed: float, random: np.random.Generator) -> Events:
    """Put events, of which each user's are given in order, on a calendar of so many weeks, in the same order.

    Weekends are busier, and no day is like another. `renewed` is the share of items that give way to a successor with
    an id of its own, each at a moment of its own: a model that is not trained again does not know it.
    """
    days = np.tile(WEEKDAYS, weeks) * np.exp(random.normal(0, RESTLESS, 7 * weeks))
    until = np.concatenate(([0], np.cumsum(days / days.sum())))
    order = np.argsort(users, kind="stable")
    users, items = users[order], items[order]
    moments = np.sort(random.random(len(users)) + users) - users
    moments = np.interp(moments, until, np.linspace(0, 1, len(until)))
    count = int(items.max()) + 1
    given_way = np.where(random.random(count) < renewed, random.random(count), 2.0)
    items = items + np.where(moments >= given_way[items], count, 0)
    types = random.choice(len(TYPES), len(users), p=list(TYPES.values()))
    return Events(users, items, START + (weeks * WEEK * moments).astype(np.int64), types)


def of_people(events: Events, share: float, random: np.random.Generator) -> Events:
    """The events of a share of the people, drawn at random."""
    people = int(events.users.max()) + 1
    return events.where((random.permutation(people) < share * people)[events.users])


def truths(later: Events) -> Mapping[int, set[int]]:
    """The items that each user had later."""
    found: dict[int, set[int]] = {}
    for user, item in zip(later.users.tolist(), later.items.tolist(), strict=True):
        found.setdefault(user, set()).add(item)
    return found


def _ids(letter: str, numbers: Numbers) -> pa.Array:
    return pa.array([f"{letter}{number}" for number in range(int(numbers.max()) + 1)]).take(pa.array(numbers))
