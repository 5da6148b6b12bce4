"""The two shops that are measured: MovieLens 100K, and a made-up one of more than 30,000 users."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from include.demo import movielens
from tests.bench.gate.calendar import Calendar, of_people, spread
from tests.bench.shoppers import shoppers

NIGHTS = 16  # weekly FULL versions of a chain
USERS, EVENTS, ITEMS = 38_000, 420_000, 2_500
RENEWED = 0.2
SHARE_OF_PEOPLE = 0.9  # of MovieLens' people are in a chain, others in each


@dataclass(frozen=True)
class Shop:
    """What is measured: `window` and `after` in weeks, see Calendar; `asked`: the most people of the large holdout.

    factors: hidden_dimension, the least that the service takes.
    """

    name: str
    window: int
    after: int
    asked: int
    factors: int
    people: Callable[[int, int], Calendar]

    @property
    def weeks(self) -> int:
        return self.window + NIGHTS - 1 + self.after

    def chain(self, number: int) -> Calendar:
        """The calendar of one chain of nights: the same for the same number, on any machine."""
        return self.people(number, self.weeks)


def _made_up(number: int, weeks: int) -> Calendar:
    made = shoppers(EVENTS, seed=1_000 + number, users=USERS, items=ITEMS)
    random = np.random.default_rng([1, number])
    return Calendar(spread(made.users, made.items, weeks, RENEWED, random), SHOP.window, SHOP.after)


def _movielens(number: int, weeks: int) -> Calendar:
    """Each of its people rated all at one sitting, so that their events are put on a calendar in their order."""
    frame = movielens.tables(movielens.fetch())["interactions"]
    frame["TIMESTAMP"] = frame["TIMESTAMP"].astype(float)
    frame = frame.sort_values(["USER_ID", "TIMESTAMP"], kind="stable")
    users, items = (frame[column].astype("int64").to_numpy() for column in ("USER_ID", "ITEM_ID"))
    random = np.random.default_rng([2, number])
    events = of_people(spread(users, items, weeks, 0.0, random), SHARE_OF_PEOPLE, random)
    return Calendar(events, MOVIELENS.window, MOVIELENS.after)


SHOP = Shop("shop", window=16, after=2, asked=5_000, factors=32, people=_made_up)
MOVIELENS = Shop("movielens", window=44, after=3, asked=6_000, factors=32, people=_movielens)
SHOPS = {shop.name: shop for shop in (SHOP, MOVIELENS)}
