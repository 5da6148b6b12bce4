import numpy as np
import pytest

from include.local_personalize.engine.histories import Histories, encode
from include.local_personalize.engine.related.cointeractions import neighbours
from tests.include.local_personalize.engine.shops import interactions

BASKETS = ("ab", "ab", "abc", "ac", "bc", "c", "c", "c", "d", "ad", "aad")


def histories(baskets: tuple[str, ...]) -> Histories:
    users = [f"u{user:02}" for user, basket in enumerate(baskets) for _ in basket]
    return encode(interactions(users, list("".join(baskets)), list(range(len(users)))))


def nearest(discount: float, fewest: int, baskets: tuple[str, ...] = BASKETS) -> dict[str, str]:
    data = histories(baskets)
    rows = neighbours(data, discount, fewest)
    return {
        item: "".join(data.item_ids[each] for each in row[row >= 0])
        for item, row in zip(data.item_ids, rows, strict=True)
    }


def test_shared_users_count_once_for_each() -> None:
    """a shares 3 users with b, 2 with c and 2 with d, one of whom had a twice."""
    assert nearest(0, 0) == {"a": "bcd", "b": "ac", "c": "ab", "d": "a"}


def test_discount_weighs_popularity() -> None:
    """Users of b: 4, of c: 6, of d: 3. Seen from a, 3/4 for b, 2/6 for c, 2/3 for d: d overtakes c."""
    assert nearest(1, 0)["a"] == "bdc"


@pytest.mark.parametrize(("fewest", "of_a"), [(2, "bcd"), (3, "b"), (4, "")])
def test_too_few_shared_users_are_no_relation(fewest: int, of_a: str) -> None:
    assert nearest(0, fewest)["a"] == of_a


def test_of_many_neighbours_the_nearest_are_those_of_plain_arithmetic() -> None:
    random = np.random.default_rng(1)
    had = random.random((60, 300)) < random.random(300)
    had = had[:, had.any(axis=0)]
    users, items = np.nonzero(had)
    data = encode(interactions([f"u{user:02}" for user in users], [f"i{item:03}" for item in items], list(users)))
    together = had.T.astype(int) @ had.astype(int)
    np.fill_diagonal(together, 0)
    strength = np.where(together >= 3, together * np.maximum(had.sum(axis=0), 1) ** -0.5, -1)
    expected = np.argsort(-strength, axis=1, kind="stable")[:, :200]
    expected[np.take_along_axis(strength, expected, axis=1) < 0] = -1
    assert neighbours(data, 0.5, 3).tolist() == expected.tolist()
