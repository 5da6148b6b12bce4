import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from include.local_personalize.engine import TrainingData
from include.local_personalize.engine.histories import encode
from include.local_personalize.engine.item_features import columns, compressed, features, foretold
from include.local_personalize.engine.personalization import taste
from tests.include.local_personalize.engine.shops import checkerboard, interactions

SHOP = pa.table(
    {
        "ITEM_ID": ["tent", "rope", "lamp", "soup"],
        "KIND": ["outdoor|sleep", "outdoor", None, "food"],
        "TEXT": ["A light tent for two", "A rope", "the and", "Soup, a light one"],
        "PRICE": [100.0, 20.0, None, 2.0],
        "ON_SALE": [True, False, True, None],
    }
)
KINDS = {"KIND": "categorical", "TEXT": "textual", "PRICE": "numeric"}
EVERYTHING = ["tent", "rope", "lamp", "soup"]


def shop(kinds: dict[str, str] | None = KINDS) -> TrainingData:
    return TrainingData(interactions([], [], []), SHOP, None, kinds)


def alike(kinds: dict[str, str], table: pa.Table = SHOP) -> np.ndarray:
    matrix = features(table, kinds, table["ITEM_ID"].to_pylist()).toarray()
    return matrix @ matrix.T


def test_kinds_are_those_of_the_schema_or_else_of_the_types() -> None:
    assert columns(shop(), {}) == KINDS
    assert columns(shop(None), {}) == {"KIND": "categorical", "TEXT": "categorical", "PRICE": "numeric"}
    assert columns(TrainingData(interactions([], [], []), None, None), {}) == {}


@pytest.mark.parametrize(
    ("selection", "left"),
    [
        ({"excludedDatasetColumns": {"Items": ["KIND"]}}, {"TEXT", "PRICE"}),
        ({"excludedDatasetColumns": {"INTERACTIONS": ["KIND"]}}, {"KIND", "TEXT", "PRICE"}),
        ({"includedDatasetColumns": {"ITEMS": ["ITEM_ID", "PRICE"]}}, {"PRICE"}),
        ({"includedDatasetColumns": {"ITEMS": ["ITEM_ID"]}}, set()),
    ],
)
def test_columns_that_are_left_out_do_not_train(selection: dict[str, dict[str, list[str]]], left: set[str]) -> None:
    assert set(columns(shop(), {"trainingDataConfig": selection})) == left


def test_shared_categories_make_items_alike() -> None:
    likeness = alike({"KIND": "categorical"})
    assert 0 < likeness[0, 1] < 1
    assert likeness[0, 3] == likeness[1, 3] == 0
    assert np.diag(likeness) == pytest.approx([1, 1, 0, 1])  # the lamp is of no kind


def test_rare_categories_count_more() -> None:
    """All are in stock; two of them are red as well."""
    table = pa.table({"ITEM_ID": list("abcd"), "TAGS": ["stock|red", "stock|red", "stock|blue", "stock|green"]})
    likeness = alike({"TAGS": "categorical"}, table)
    assert likeness[0, 1] > likeness[0, 2] == pytest.approx(likeness[2, 3], abs=0.2)


def test_shared_words_make_items_alike() -> None:
    likeness = alike({"TEXT": "textual"})
    assert likeness[0, 3] > 0  # light
    assert likeness[0, 1] == 0  # words of one letter say nothing


def test_near_numbers_make_items_alike() -> None:
    """A hundred prices from 1 to 100, of which eight quantiles are 12 or 13 apart."""
    prices = [float(price) for price in range(1, 101)]
    likeness = alike({"PRICE": "numeric"}, pa.table({"ITEM_ID": [str(price) for price in prices], "PRICE": prices}))
    assert likeness[9, 10] > likeness[9, 15] > likeness[9, 40] == 0
    # What counts is the order: the dearest may cost any price.
    prices[99] = 1e6
    dearer = alike({"PRICE": "numeric"}, pa.table({"ITEM_ID": [str(price) for price in prices], "PRICE": prices}))
    assert dearer[:80, :80] == pytest.approx(likeness[:80, :80])


@pytest.mark.parametrize("kind", ["categorical", "textual", "numeric"])
def test_a_column_that_says_nothing_is_no_feature(kind: str) -> None:
    column = pa.array([None, None] if kind != "numeric" else [5.0, 5.0], pa.string() if kind != "numeric" else None)
    assert features(pa.table({"ITEM_ID": ["a", "b"], "SAME": column}), {"SAME": kind}, ["a", "b"]).shape == (2, 0)


def test_rows_are_in_the_order_asked_and_empty_for_items_without_metadata() -> None:
    matrix = features(SHOP, KINDS, ["soup", "unknown", "tent"]).toarray()
    whole = features(SHOP, KINDS, EVERYTHING).toarray()
    assert (matrix[0] == whole[3]).all()
    assert (matrix[2] == whole[0]).all()
    assert not matrix[1].any()


def test_each_column_counts_the_same() -> None:
    """Both share half of what they have: a and b the category, a and c the price, whatever the number of words."""
    table = pa.table({"ITEM_ID": list("abc"), "TAGS": ["x|y|z", "x|y|z", "q"], "PRICE": [1.0, 9.0, 1.0]})
    likeness = alike({"TAGS": "categorical", "PRICE": "numeric"}, table)
    assert likeness[0, 1] == pytest.approx(likeness[0, 2]) == pytest.approx(1 / 2)


def test_compressed_keeps_what_is_alike() -> None:
    random = np.random.default_rng(1)
    groups = random.integers(0, 5, 200)
    words = [" ".join(f"word{group}x{each}" for each in random.integers(0, 20, 12)) for group in groups]
    ids = [f"i{item}" for item in range(200)]
    matrix = features(pa.table({"ITEM_ID": ids, "TEXT": words}), {"TEXT": "textual"}, ids)
    dense = compressed(matrix, 30, seed=1)
    assert dense.shape == (200, 30)
    assert np.linalg.norm(dense, axis=1) == pytest.approx(np.ones(200), abs=1e-5)
    nearest = np.argsort(-(dense @ dense.T), axis=1)[:, 1:11]
    assert (groups[nearest] == groups[:, None]).mean() > 0.95


def test_factors_of_new_items_are_foretold_by_their_metadata() -> None:
    """Five items of each colour of the checkerboard are new: nobody has had them, and only their GENRE tells them."""
    data, _ = checkerboard()
    new = [f"i{item}" for item in range(10)]
    shown = data.interactions.filter(pc.invert(pc.is_in(data.interactions["ITEM_ID"], pa.array(new))))
    histories = encode(shown)
    item_ids = [*histories.item_ids, *new]
    genres = ["light" if int(item[1:]) % 2 else "dark" for item in item_ids]
    dense = compressed(
        features(pa.table({"ITEM_ID": item_ids, "GENRE": genres}), {"GENRE": "categorical"}, item_ids), 100, seed=1
    )
    learnt = taste.fit(histories, 32, taste.NO_FADING, 1)
    warm = np.arange(len(item_ids)) < len(histories.item_ids)
    factors = foretold(dense, learnt.factors, warm)
    assert (factors[warm] == learnt.factors).all()

    tastes = np.array([learnt.factors[histories.of(user)].mean(axis=0) for user in range(len(histories.user_ids))])
    scores = tastes @ factors[~warm].T
    right = np.array([[int(user[1:]) % 2 == item % 2 for item in range(10)] for user in histories.user_ids])
    assert (np.where(right, scores, np.inf).min(axis=1) > np.where(right, -np.inf, scores).max(axis=1)).all()


def test_items_that_nothing_is_known_of_get_the_mean() -> None:
    factors = foretold(np.zeros((3, 2), np.float32), np.array([[1.0, 0.0], [0.0, 3.0]]), np.array([True, True, False]))
    assert factors.tolist() == [[1.0, 0.0], [0.0, 3.0], [0.5, 1.5]]


def test_one_item_that_is_known_and_nothing_to_foretell_by() -> None:
    dense = compressed(features(None, {}, EVERYTHING), 100, seed=1)
    assert dense.shape == (4, 0)
    assert foretold(dense, np.ones((1, 2)), np.array([True, False, False, False])).tolist() == [[1.0, 1.0]] * 4


def test_few_features_are_kept_as_they_are() -> None:
    matrix = features(SHOP, {"KIND": "categorical"}, EVERYTHING)
    assert compressed(matrix, 100, seed=1) == pytest.approx(matrix.toarray())
