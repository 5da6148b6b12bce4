"""What goes wrong goes wrong by as much as it is told to, and a night is the same whenever it is made."""

import numpy as np
import pytest

from tests.bench.gate import sabotage
from tests.bench.gate.calendar import START, WEEK, Calendar, Events, Night, spread, truths
from tests.bench.gate.plan import CHAINS, HEALTHY, SIZES, Retrain, retrains
from tests.bench.gate.shops import SHOPS


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    random = np.random.default_rng(1)
    users = np.repeat(np.arange(500), 40)
    return Calendar(spread(users, random.integers(0, 200, len(users)), 10, 0.2, random), window=6, after=2)


@pytest.fixture(scope="module")
def night(calendar: Calendar) -> Night:
    return calendar.night(1)


def damaged(kind: str, size: float, night: Night) -> Events:
    return sabotage.KINDS[kind](night, size, np.random.default_rng(2))


def test_a_night_is_a_window_and_what_came_after(calendar: Calendar, night: Night) -> None:
    assert night.now == START + 7 * WEEK
    assert night.now - 6 * WEEK <= night.training.times.min() <= night.training.times.max() < night.now
    assert night.now <= night.later.times.min() <= night.later.times.max() < night.now + 2 * WEEK
    assert set(truths(night.later)) <= set(night.training.users.tolist())
    assert np.array_equal(calendar.night(1).training.items, night.training.items)


def test_each_users_events_keep_their_order() -> None:
    users, items = np.repeat([3, 1], 50), np.arange(100)
    events = spread(users, items, 4, 0.0, np.random.default_rng(1))

    for user in (1, 3):
        own = events.where(events.users == user)
        assert own.items[np.argsort(own.times, kind="stable")].tolist() == items[users == user].tolist()


def test_renewed_items_give_way_for_good() -> None:
    users, items = np.repeat(np.arange(100), 20), np.zeros(2_000, np.int64)
    events = spread(users, items, 4, 1.0, np.random.default_rng(1))

    assert set(events.items.tolist()) == {0, 1}
    assert events.times[events.items == 0].max() < events.times[events.items == 1].min()


def test_rows_that_changed_users(night: Night) -> None:
    changed = (damaged("shuffled ids", 0.3, night).users != night.training.users).mean()

    assert changed == pytest.approx(0.3, abs=0.02)  # but for the few that drew their own user


def test_types_days_and_items_that_are_gone(night: Night) -> None:
    rows = len(night.training.users)

    assert len(damaged("dropped event type", 0.4, night).users) == pytest.approx(0.6 * rows, rel=0.03)
    assert damaged("stale data", 8, night).times.max() < night.now - 8 * 86_400
    catalogue = set(night.training.items.tolist())
    assert len(set(damaged("half the catalogue", 0.5, night).items.tolist())) == len(catalogue) - round(
        0.5 * len(catalogue)
    )


def test_crawlers_and_times_of_export(night: Night) -> None:
    rows = len(night.training.users)
    flooded, broken = damaged("bot flood", 0.5, night), damaged("broken timestamps", 0.25, night)

    assert len(flooded.users) == pytest.approx(1.5 * rows, rel=0.01)
    assert set(flooded.users[rows:]) & set(night.training.users) == set()
    assert (broken.times == night.now - 1).mean() == pytest.approx(0.25, abs=0.02)


@pytest.mark.parametrize("shop", SHOPS)
def test_enough_is_planned(shop: str) -> None:
    every = [retrain for chain in range(CHAINS) for retrain in retrains(shop, chain)]

    assert len({retrain.key for retrain in every}) == len(every)
    healthy = [retrain for retrain in every if retrain.kind == HEALTHY]
    assert len(healthy) - CHAINS >= 190  # those that have a champion
    for kind, sizes in SIZES[shop].items():
        for size in sizes:
            assert sum((each.kind, each.size, each.decline) == (kind, size, None) for each in every) == 6
    assert Retrain(shop, 0, 9).seed == Retrain(shop, 0, 9).seed != Retrain(shop, 0, 10).seed
