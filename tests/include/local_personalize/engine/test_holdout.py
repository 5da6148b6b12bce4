import numpy as np
import pytest

from include.local_personalize.engine.histories import Histories, encode
from include.local_personalize.engine.holdout import hold_out
from tests.include.local_personalize.engine.shops import interactions


def users_with(*events: int) -> Histories:
    """One user for each number of events, each event a new item at its own time."""
    users = [f"u{user:03}" for user, count in enumerate(events) for _ in range(count)]
    return encode(interactions(users, [f"i{at}" for at in range(len(users))], list(range(len(users)))))


@pytest.mark.parametrize(("events", "hidden"), [(2, 1), (9, 1), (19, 1), (20, 2), (100, 10)])
def test_newest_tenth_is_hidden_and_at_least_one(events: int, hidden: int) -> None:
    split = hold_out(users_with(events), seed=0)
    assert split.hidden.lengths.tolist() == [hidden]
    assert split.shown.lengths.tolist() == [events - hidden]
    assert split.hidden.times.min() > split.shown.times.max()


def test_tenth_of_the_users_with_two_events_is_tested() -> None:
    histories = users_with(*[5] * 30, *[1] * 30)
    split = hold_out(histories, seed=0)
    assert len(split.test_users) == 3
    assert (histories.lengths[split.test_users] == 5).all()
    assert np.flatnonzero(split.hidden.lengths).tolist() == split.test_users.tolist()


def test_nothing_is_lost() -> None:
    histories = users_with(*range(1, 40))
    split = hold_out(histories, seed=4)
    assert (split.shown.lengths + split.hidden.lengths == histories.lengths).all()
    assert sorted([*split.shown.items, *split.hidden.items]) == sorted(histories.items)


def test_seed_decides_who_is_tested() -> None:
    histories = users_with(*[5] * 200)
    drawn = [hold_out(histories, seed).test_users.tolist() for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_growing_data_keeps_most_test_users() -> None:
    before, after = users_with(*[5] * 200), users_with(*[5] * 210)
    kept = set(hold_out(before, 1).test_users) & set(hold_out(after, 1).test_users)
    assert len(kept) >= 18
