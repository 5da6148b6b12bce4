"""The promises of the whole: how often healthy versions are blocked, and how often those that fell."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.training.champion import Champion
from include.training.judgement.comparison import compare
from include.training.judgement.references import references
from include.training.judgement.resolution import POWER, smallest_drop

NDCG, MRR = "normalized_discounted_cumulative_gain_at_25", "mean_reciprocal_rank_at_25"
RATE, SHOPS = 0.02, 1_000


def users(one_relevant: bool) -> npt.NDArray[np.float64]:
    """20,000 users' NDCG@25 and reciprocal rank, from hits that are rarer down the list: users x 2."""
    chance, ranks = np.random.default_rng(1), np.arange(1, 26)
    taste = chance.gamma(0.7, 0.025, 20_000) if one_relevant else chance.gamma(1.2, 0.22, 20_000)
    hit = chance.random((20_000, 25)) < np.clip(taste[:, None] / np.sqrt(ranks), 0, 0.95)
    if one_relevant:
        hit &= np.cumsum(hit, axis=1) == 1
    relevant = np.maximum(1 if one_relevant else chance.integers(1, 20, 20_000), hit.sum(axis=1))
    gains = 1 / np.log2(1 + ranks)
    ndcg = hit @ gains / np.cumsum(gains)[relevant - 1]
    return np.stack([ndcg, np.where(hit.any(axis=1), 1 / (1 + hit.argmax(axis=1)), 0)], axis=1)


@pytest.mark.parametrize(("one_relevant", "test_users"), [(False, 94), (True, 400)])
@pytest.mark.parametrize("champions", [1, 4, 12])
def test_shops_that_only_draw_other_test_users(one_relevant: bool, test_users: int, champions: int) -> None:
    """Each version is the mean over its own draw of test users; then all its metrics fall by the stated resolution."""
    people, chance = users(one_relevant), np.random.default_rng(champions)
    drawn = chance.integers(0, len(people), (SHOPS, champions + 1, test_users), dtype=np.int32)
    measured = people[drawn].mean(axis=2).round(4)
    blocked, caught = 0, 0
    for challenger, *line in measured.tolist():
        served = [Champion({NDCG: ndcg, MRR: mrr}) for ndcg, mrr in line]
        held = [each for metric in (NDCG, MRR) for each in references(metric, served, test_users)]
        drop = smallest_drop(held, RATE) or 0
        healthy = dict(zip((NDCG, MRR), challenger, strict=True))
        fallen = {metric: value * (1 - drop) for metric, value in healthy.items()}
        blocked += any(each.too_far for each in compare(held, healthy, RATE))
        caught += any(each.too_far for each in compare(held, fallen, RATE))

    error = 2 * (RATE * (1 - RATE) / SHOPS) ** 0.5
    assert blocked / SHOPS <= RATE + error
    assert caught / SHOPS == pytest.approx(POWER, abs=0.07)


@given(st.floats(0.01, 0.99), st.lists(st.floats(0.01, 0.99), min_size=1, max_size=6), st.floats(0.01, 0.9))
def test_the_unit_of_a_metric_does_not_matter(value: float, line: list[float], unit: float) -> None:
    held = references(NDCG, [Champion({NDCG: each}) for each in line], 100)
    scaled = [type(each)(each.metric, each.against, each.value * unit, each.count, each.noise) for each in held]

    ours, theirs = compare(held, {NDCG: value}, RATE), compare(scaled, {NDCG: value * unit}, RATE)

    assert [each.tolerance for each in ours] == [each.tolerance for each in theirs]
    close = [abs(each.challenger - each.threshold) < 1e-9 for each in ours]
    if not any(close):
        assert [each.too_far for each in ours] == [each.too_far for each in theirs]


def test_metrics_that_fall_together_need_fall_less() -> None:
    line = [Champion({NDCG: 0.2, MRR: 0.2})]
    held = [each for metric in (NDCG, MRR) for each in references(metric, line, 100)]
    strict = {each.reference.metric: each.tolerance for each in compare(held, {NDCG: 0.2, MRR: 0.2}, RATE)}
    between = {NDCG: 0.2 * np.exp(-0.95 * strict[NDCG]), MRR: 0.2 * np.exp(-0.95 * strict[MRR])}

    alone = compare(held, between | {MRR: 0.2}, RATE)
    together = compare(held, between, RATE)

    assert not any(each.too_far for each in alone)
    assert all(each.too_far for each in together)
