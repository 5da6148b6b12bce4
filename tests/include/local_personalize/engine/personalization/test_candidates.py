"""What is scored for a user: by hand on three items, and against the whole catalogue on a large one."""

import numpy as np
import pytest

from include.local_personalize.engine.histories import Histories, encode
from include.local_personalize.engine.personalization import candidates, transitions, weights
from include.local_personalize.engine.personalization.blend import Blend, softmax_totals
from include.local_personalize.engine.personalization.candidates import Candidates
from include.local_personalize.engine.personalization.hyperparameters import Hyperparameters
from include.local_personalize.engine.personalization.taste import Taste
from include.local_personalize.engine.personalization.weights import Weights
from tests.include.local_personalize.engine.shops import interactions

# u1: a b c; u2: a c.
SMALL = interactions(["u1"] * 3 + ["u2"] * 2, ["a", "b", "c", "a", "c"], [1, 2, 3, 1, 2])
A_TO_B = 1 / (2**0.7 * 1**0.4 + 5)
A_TO_C = (2**-0.75 + 1) / (2**0.7 * 2**0.4 + 5)
B_TO_C = 1 / (1**0.7 * 2**0.4 + 5)
ITEMS = 3_000  # a large catalogue


def standardised(scores: list[float]) -> list[float]:
    values = np.array(scores)
    return ((values - values.mean()) / values.std()).tolist()


def small(newest_events: int, fading: bool, taste: Taste | None = None) -> Weights:
    recency = transitions.recency(newest_events, fading)
    return Weights(transitions.fit(encode(SMALL)), taste, np.array([2, 1, 2]), recency)


def by_number(found: Candidates, values: np.ndarray) -> list[float]:
    return values[np.argsort(found.items)].tolist()


def of(learnt: Weights, *items: int, **which: np.ndarray) -> Candidates:
    return learnt.candidates(np.array([0, len(items)]), np.array(items, np.int32), **which)


@pytest.mark.parametrize(
    ("newest_events", "fading", "expected"),
    [
        (1, True, [0, 0, B_TO_C]),
        (2, True, [0, 2**-0.6 * A_TO_B, B_TO_C + 2**-0.6 * A_TO_C]),
        (2, False, [0, A_TO_B, B_TO_C + A_TO_C]),
    ],
)
def test_newest_event_weighs_most(newest_events: int, fading: bool, expected: list[float]) -> None:
    found = of(small(newest_events, fading), 0, 1)
    assert by_number(found, found.followed) == pytest.approx(standardised(expected))
    assert by_number(found, found.times) == [1, 1, 0]


def test_items_that_the_weights_do_not_know_are_passed_over() -> None:
    learnt = small(2, False)
    known, with_unknown = of(learnt, 1), of(learnt, 1, 3)
    assert by_number(with_unknown, with_unknown.followed) == by_number(known, known.followed)


def test_times_are_counted_to_three() -> None:
    found = of(small(2, False), 0, 0, 1, *[2] * 5)
    assert by_number(found, found.times) == [2, 1, 3]


def test_taste_is_standardised_over_the_catalogue() -> None:
    factors = np.array([[1, 0], [0, 2], [3, 1]], np.float32)
    found = of(small(2, False, Taste(factors, 0.5, 10.0)), 0, 1)
    left = factors.T @ factors + 0.5 * np.eye(2) + (2**-0.1 - 1) * np.outer(factors[0], factors[0])
    expected = factors @ np.linalg.solve(left, 2**-0.1 * factors[0] + factors[1])
    assert by_number(found, found.taste) == pytest.approx(standardised(expected))


def test_what_may_not_return_and_what_is_barred_is_left_out() -> None:
    learnt = small(2, False)
    new_only = np.array([True, False, False, False])
    assert of(learnt, 0, may_return=new_only).items.tolist() == [2, 1]  # c follows a more than b does
    assert sorted(of(learnt, 0, barred=np.array([False, True, False])).items) == [0, 2]
    assert of(learnt, 0, may_return=new_only, barred=np.array([False, True, True])).items.tolist() == []


@pytest.fixture(scope="module")
def large() -> tuple[Histories, Weights]:
    random = np.random.default_rng(5)
    users = [f"u{event // 30}" for event in range(30_000)]
    items = [f"i{item}" for item in (ITEMS * random.random(30_000) ** 2).astype(int)]
    histories = encode(interactions([*users, *["all"] * ITEMS], [*items, *(f"i{item}" for item in range(ITEMS))],
                                    list(range(30_000 + ITEMS))))  # fmt: skip
    return histories, weights.fit(histories, Hyperparameters(hidden_dimension=32), 1)


def whole(learnt: Weights, monkeypatch: pytest.MonkeyPatch, histories: Histories, user: int) -> Candidates:
    with monkeypatch.context() as patched:
        patched.setattr(candidates, "CHOSEN", ITEMS)
        return of(learnt, *histories.of(user))


def test_large_catalogue_is_scored_as_if_whole(
    large: tuple[Histories, Weights], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The candidates' scores are those that they have among all items, and the best of all are among them."""
    histories, learnt = large
    blend, found_of_all = Blend(0.5, 0.5, (0.0, -np.inf, -np.inf, -np.inf)), 0
    for user in range(1, 51):  # the first one has had everything
        found, everything = of(learnt, *histories.of(user)), whole(learnt, monkeypatch, histories, user)
        assert len(everything.items) == len(histories.item_ids)
        assert candidates.CHOSEN <= len(found.items) <= candidates.CHOSEN + 30
        same = np.searchsorted(np.sort(everything.items), found.items)
        for name in ("followed", "taste", "times"):
            in_order = getattr(everything, name)[np.argsort(everything.items)]
            assert getattr(found, name) == pytest.approx(in_order[same])
        best_of_all = everything.items[np.argsort(-blend.logits(everything))[:25]]
        found_of_all += len(set(best_of_all) & set(found.items))
    assert found_of_all > 0.9 * 50 * 25


def test_popular_items_make_up_the_number(large: tuple[Histories, Weights]) -> None:
    histories, learnt = large
    unseen = of(learnt, len(histories.item_ids))
    assert unseen.items.tolist() == learnt.by_popularity[: candidates.CHOSEN].tolist()


def test_a_row_does_not_depend_on_the_other_users(large: tuple[Histories, Weights]) -> None:
    histories, learnt = large
    together = learnt.candidates(histories.starts[:21], histories.items)
    for user in range(20):
        alone, part = of(learnt, *histories.of(user)), slice(*together.starts[user : user + 2])
        for name in ("items", "followed", "taste", "times"):
            assert np.array_equal(getattr(alone, name), getattr(together, name)[part])


def test_chances_of_each_user_sum_to_one() -> None:
    starts, logits = np.array([0, 2, 2, 5]), np.array([700.0, 701.0, -np.inf, 0.0, 1.0])
    totals = softmax_totals(starts, logits)
    assert np.exp(logits[:2] - totals[0]).sum() == pytest.approx(1)
    assert totals[1] == -np.inf
    assert np.exp(logits[2:] - totals[2]).sum() == pytest.approx(1)
