from pathlib import Path

import numpy as np
import pytest

from tests.bench import shoppers
from tests.bench.shoppers import Events


@pytest.fixture(scope="module")
def events() -> Events:
    return shoppers.shoppers(100_000)


def test_as_many_as_asked_for_in_the_order_of_time(events: Events) -> None:
    assert len(events.users) == len(events.items) == len(events.times) == 100_000
    assert (np.diff(events.times) >= 0).all()


def test_one_seed_makes_the_same_people(events: Events) -> None:
    again, other = shoppers.shoppers(100_000), shoppers.shoppers(100_000, seed=2)
    assert np.array_equal(events.items, again.items)
    assert not np.array_equal(events.items, other.items)


def test_few_items_have_most_events(events: Events) -> None:
    counts = np.sort(np.bincount(events.items))[::-1]
    assert counts[: len(counts) // 10].sum() > 0.4 * counts.sum()


def test_people_go_on_to_what_follows(events: Events) -> None:
    """GOES_ON of the events are one of FOLLOWERS items; by chance they would be one of thousands."""
    order = np.lexsort((events.times, events.users))
    users, items = events.users[order], events.items[order]
    same = users[1:] == users[:-1]
    pairs, counts = np.unique(np.stack([items[:-1][same], items[1:][same]]), axis=1, return_counts=True)
    often = np.zeros(items.max() + 1, np.int64)
    for first, count in zip(pairs[0], counts, strict=True):
        often[first] = max(often[first], count)
    popular = np.argsort(-np.bincount(items))[:50]
    assert (often[popular] > 0.04 * np.bincount(items)[popular]).all()


def test_what_is_written_can_be_imported(events: Events, tmp_path: Path) -> None:
    shoppers.write_csv(events.part(0, 3), tmp_path / "interactions.csv")
    header, *rows = (tmp_path / "interactions.csv").read_text().splitlines()
    assert header.replace('"', "") == "USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP"
    assert rows == [f"u{events.users[at]},i{events.items[at]},watch,{events.times[at]}" for at in range(3)]
