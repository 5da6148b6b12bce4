from typing import Any

import pyarrow as pa
import pytest

from include.local_personalize.engine import Allowed, Query, StreamedEvent, TrainingData, train
from include.local_personalize.engine.related.similar_items import SimilarItems
from tests.include.local_personalize.engine.shops import ITEMS, START, checkerboard

COLOUR = ("dark", "light")
NEW = ["new dark", "new light"]
NOTHING_KNOWN = "new without a genre"


def items(genre_of: list[str]) -> pa.Table:
    """The checkerboard's items, then two that nobody has had, and one of which nothing is known at all."""
    ids = [*(f"i{item}" for item in range(ITEMS)), *NEW, NOTHING_KNOWN]
    return pa.table({"ITEM_ID": ids, "GENRE": [*genre_of, *COLOUR, None]})


def trained(table: pa.Table | None, config: dict[str, Any]) -> SimilarItems:
    model = train("aws-similar-items", config, None, TrainingData(checkerboard()[0].interactions, table, None), 1).model
    assert isinstance(model, SimilarItems)
    return model


@pytest.fixture(scope="module")
def model() -> SimilarItems:
    return trained(items([COLOUR[item % 2] for item in range(ITEMS)]), {})


def related(model: SimilarItems, item: str, count: int = 19, **more: Any) -> list[str]:
    return model.answer(Query(item_id=item, num_results=count, **more)).items


def warm(item_ids: list[str]) -> list[str]:
    return [item for item in item_ids if item.startswith("i")]


def colours(item_ids: list[str]) -> set[int]:
    return {int(item[1:]) % 2 for item in warm(item_ids)}


@pytest.mark.parametrize("table", [None, items(["plain"] * ITEMS), items([COLOUR[item % 2] for item in range(ITEMS)])])
def test_items_of_one_colour_are_related(table: pa.Table | None) -> None:
    model = trained(table, {})
    for item in range(ITEMS):
        assert colours(related(model, f"i{item}", 15)) == {item % 2}
        assert f"i{item}" not in related(model, f"i{item}", 500)


@pytest.mark.parametrize("colour", [0, 1])
def test_items_that_nobody_has_had_are_related_by_their_metadata(model: SimilarItems, colour: int) -> None:
    assert colours(related(model, NEW[colour], ITEMS // 2)) == {colour}
    everything = related(model, f"i{colour}", 500)
    assert everything.index(NEW[colour]) < everything.index(NEW[1 - colour])


def test_metadata_that_misleads_counts_for_nothing() -> None:
    """Genres across the colours: the validation split shows that people do not go by them."""
    model = trained(items([COLOUR[item // 20] for item in range(ITEMS)]), {})
    for item in range(ITEMS):
        assert colours(related(model, f"i{item}", 15)) == {item % 2}


@pytest.mark.parametrize("item", ["unheard of", NOTHING_KNOWN])
def test_items_of_which_nothing_is_known_get_popular_ones(model: SimilarItems, item: str) -> None:
    ranking = model.answer(Query(item_id=item, num_results=10))
    assert ranking.items == model.item_ids[:10]
    counts = checkerboard()[0].interactions["ITEM_ID"].value_counts().to_pylist()
    assert ranking.items == [
        each["values"] for each in sorted(counts, key=lambda each: (-each["counts"], each["values"]))[:10]
    ]


def test_a_column_that_is_left_out_does_not_train() -> None:
    excluded = {"trainingDataConfig": {"excludedDatasetColumns": {"ITEMS": ["GENRE"]}}}
    model = trained(items([COLOUR[item % 2] for item in range(ITEMS)]), excluded)
    assert related(model, NEW[0]) == model.item_ids[:19]


def test_hidden_dimensions_are_those_of_the_vectors() -> None:
    ids = [f"i{item}" for item in range(ITEMS)]
    words = pa.table({"ITEM_ID": ids, "TAGS": [f"{item}|{item % 7}|{item % 5}|all" for item in range(ITEMS)]})

    def width(**hyperparameters: str) -> int:
        config = {"algorithmHyperParameters": hyperparameters}
        return trained(words, config).vectors.shape[1]

    assert width(item_id_hidden_dim="30", item_metadata_hidden_dim="30") == 60
    assert width(item_id_hidden_dim="35", item_metadata_hidden_dim="31") == 66


def test_popularity_discount_factor_takes_away_what_popularity_adds() -> None:
    config = {"algorithmHyperParameters": {"popularity_discount_factor": "1.0"}}
    assert not trained(None, config).appeal.any()


def test_streamed_events_change_nothing(model: SimilarItems) -> None:
    streamed = tuple(StreamedEvent(f"i{item}", "watch", START + 9999) for item in range(0, 40, 2))
    assert related(model, "i3", user_id="u2", streamed=streamed) == related(model, "i3")


def test_filters_reach_the_whole_catalogue(model: SimilarItems) -> None:
    assert related(model, "i3", 2, allowed=Allowed(frozenset({"i5", "i2", "i3"}), only=True)) == ["i5", "i2"]
    left = related(model, "i3", 500, allowed=Allowed(frozenset({"i5", "not there"})))
    assert set(left) == set(model.item_ids) - {"i3", "i5"}


def test_many_answers_are_those_to_each(model: SimilarItems) -> None:
    queries = [Query(item_id=item, num_results=7) for item in [*model.item_ids, "unheard of"] * 5]
    assert list(model.answer_many(queries)) == [model.answer(query) for query in queries]
