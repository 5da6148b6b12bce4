"""Made-up people with tastes and habits, as many as asked for, so that quality can be measured at any scale.

Items belong to kinds and have popularities of a power law. Each event is one of three: the user goes on to one of the
few items that follow the last one, takes a popular item of a kind that the user favours, or one popular with everyone.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

EVENTS, USERS, ITEMS = 25_000_000, 162_541, 59_047  # the size of MovieLens 25M
FEWEST, MOST = 20, 3_000  # events of one user
KINDS = 250
FAVOURITES = 4
FOLLOWERS = 6
GOES_ON, FAVOURS = 0.4, 0.45  # and the rest is what everyone takes
POWER = 3.0  # a place in the order of popularity is a uniform number to this power
START, YEARS = 1_500_000_000, 3
ROWS_AT_ONCE = 1_000_000

Int64s = np.ndarray


@dataclass(frozen=True)
class Events:
    """Numbers of users and items, and epoch seconds; in the order of time."""

    users: Int64s
    items: Int64s
    times: Int64s

    def part(self, first: int, last: int) -> "Events":
        return Events(self.users[first:last], self.items[first:last], self.times[first:last])


def shoppers(events: int, seed: int = 1, users: int | None = None, items: int | None = None) -> Events:
    """Exactly ``events`` events; unless they are given, users grow with them, items with their root."""
    random = np.random.default_rng(seed)
    share = events / EVENTS
    users = users or max(50, round(USERS * share))
    items = items or max(200, round(ITEMS * share**0.5))
    lengths = _lengths(random, users, events)
    kind_of, by_kind, bounds = _kinds(random, items)
    followers = _taken_from(random, kind_of[:, None].repeat(FOLLOWERS, 1), by_kind, bounds)
    favourites = random.integers(0, len(bounds) - 1, (users, FAVOURITES))
    place = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    had = np.empty(lengths.sum(), np.int64)
    last = random.integers(0, items, users)
    for step in range(lengths.max()):
        active = np.flatnonzero(lengths > step)
        choice = random.random(len(active))
        favoured = favourites[active, random.geometric(0.5, len(active)) % FAVOURITES]
        taken = np.where(
            choice < GOES_ON,
            followers[last[active], random.geometric(0.4, len(active)) % FOLLOWERS],
            _taken_from(random, favoured, by_kind, bounds),
        )
        popular = choice >= GOES_ON + FAVOURS
        taken[popular] = (items * random.random(popular.sum()) ** POWER).astype(np.int64)
        last[active] = had[place[active] + step] = taken
    who = np.repeat(np.arange(users), lengths)
    times = _times(random, lengths, who)
    order = np.argsort(times, kind="stable")[:events]
    return Events(who[order], had[order], times[order])


def write_csv(events: Events, file: Path) -> None:
    """USER_ID, ITEM_ID, EVENT_TYPE, TIMESTAMP."""
    names = ["USER_ID", "ITEM_ID", "EVENT_TYPE", "TIMESTAMP"]
    schema = pa.schema([(name, pa.int64() if name == "TIMESTAMP" else pa.string()) for name in names])
    user_ids, item_ids = (_ids(letter, numbers) for letter, numbers in (("u", events.users), ("i", events.items)))
    plain = pyarrow.csv.WriteOptions(quoting_style="none")
    with pyarrow.csv.CSVWriter(file, schema, write_options=plain) as writer:
        for first in range(0, len(events.times), ROWS_AT_ONCE):
            part = events.part(first, first + ROWS_AT_ONCE)
            kinds = pa.repeat("watch", len(part.times))
            columns = [user_ids.take(part.users), item_ids.take(part.items), kinds, pa.array(part.times)]
            writer.write_table(pa.table(dict(zip(names, columns, strict=True)), schema))


def _ids(letter: str, numbers: Int64s) -> pa.Array:
    return pa.array([f"{letter}{number}" for number in range(numbers.max() + 1)])


def _lengths(random: np.random.Generator, users: int, events: int) -> Int64s:
    """How many events each user has, in sum a little more than ``events``."""
    lengths = np.clip(random.lognormal(0, 1, users) * 100, FEWEST, MOST)
    return np.ceil(lengths * (events / lengths.sum())).astype(np.int64)


def _kinds(random: np.random.Generator, items: int) -> tuple[Int64s, Int64s, Int64s]:
    """The kind of each item; items by kind and then number, which is their order of popularity; bounds of kinds."""
    kinds = min(KINDS, items // 20)
    kind_of = random.integers(0, kinds, items)
    sizes = np.bincount(kind_of, minlength=kinds)
    return kind_of, np.argsort(kind_of, kind="stable"), np.concatenate(([0], np.cumsum(sizes)))


def _taken_from(random: np.random.Generator, kinds: Int64s, by_kind: Int64s, bounds: Int64s) -> Int64s:
    """An item of each of the kinds, popular ones more often."""
    sizes = bounds[kinds + 1] - bounds[kinds]
    return by_kind[bounds[kinds] + (sizes * random.random(kinds.shape) ** POWER).astype(np.int64)]


def _times(random: np.random.Generator, lengths: Int64s, who: Int64s) -> Int64s:
    """Each user is there for a while between START and YEARS later; no two events of a user at once."""
    span = YEARS * 365 * 86_400
    began = random.random(len(lengths)) * 0.7
    stayed = (1 - began) * random.random(len(lengths))
    within = np.sort(random.random(len(who)) + who) - who
    return START + (span * (began[who] + stayed[who] * within)).astype(np.int64)
