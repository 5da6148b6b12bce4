"""What every recipe does, whatever its type. How each type is asked, and what is right to answer, is in ``TYPES``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from include.local_personalize.engine import (
    RECIPES,
    Allowed,
    Exploration,
    Query,
    Ranking,
    Recipe,
    Trained,
    TrainingData,
    TrainingError,
    check_solution_config,
    load,
    train,
)
from include.local_personalize.engine.catalogue import Choice
from tests.include.local_personalize.engine.shops import ITEMS, START, USERS, WITHHELD, checkerboard, interactions

NO_EXPLORATION = Exploration(weight=0)
COLOURS = ("dark", "light")
EVERY_ITEM = tuple(f"i{item}" for item in range(ITEMS))
# Of 40 items, each with about 27 interactions, the documented percentiles of aws-sims leave some out.
CONFIGS: Mapping[str, dict[str, Any]] = MappingProxyType(
    {
        "aws-sims": {
            "featureTransformationParameters": {
                "min_item_interaction_count_percentile": "0",
                "max_item_interaction_count_percentile": "1",
            }
        },
        # The items of the checkerboard are all young.
        "aws-hrnn-coldstart": {"featureTransformationParameters": {"cold_start_max_interactions": "1"}},
    }
)
# Actions are no items: aws-next-best-action is asked, and trained on data, of its own kind, and has tests of its own.
RECIPE_NAMES = sorted(name for name, recipe in RECIPES.items() if recipe.type != "PERSONALIZED_ACTIONS")


@cache
def shop() -> TrainingData:
    """The checkerboard, with the colour of each item as its metadata."""
    colours = [COLOURS[item % 2] for item in range(ITEMS)]
    metadata = pa.table({"ITEM_ID": EVERY_ITEM, "COLOUR": colours})
    return TrainingData(checkerboard()[0].interactions, metadata, None)


def full(recipe: str, data: TrainingData, seed: int = 1, **config: Any) -> Trained:
    return train(recipe, CONFIGS.get(recipe, {}) | config, None, data, seed)


@cache
def trained(recipe: str) -> Trained:
    return full(recipe, shop())


def popular(data: TrainingData) -> list[str]:
    """Items with most interactions first; of equal ones the first in the order of ids."""
    counts = data.interactions["ITEM_ID"].value_counts().to_pylist()
    return [each["values"] for each in sorted(counts, key=lambda each: (-each["counts"], each["values"]))]


def colour(each: str) -> int:
    """Of an item, or of the items that a user has."""
    return int(each[1:]) % 2


@dataclass(frozen=True)
class Asked:
    """``known`` asks number n of something, ``unknown`` about somebody or something that nobody has heard of.

    ``is_right(n, answer)`` is about the answer to known(n), and ``for_unknown`` is the answer to unknown(); None
    where nothing is documented.
    """

    known: Callable[[int], Query]
    unknown: Callable[[], Query]
    is_right: Callable[[int, Ranking], bool]
    for_unknown: list[str] | None


def by_user(user_id: str) -> Query:
    return Query(user_id=user_id, num_results=ITEMS, exploration=NO_EXPLORATION)


def ranking(user_id: str) -> Query:
    return replace(by_user(user_id), item_list=EVERY_ITEM)


def by_item(item_id: str) -> Query:
    return Query(item_id=item_id, num_results=USERS)


def by_colour(colour: str) -> Query:
    return Query(item_attributes=f'ITEMS.COLOUR = "{colour}"', num_results=USERS)


def withheld_come_first(user: int, answer: Ranking) -> bool:
    return set(answer.items[:WITHHELD]) == checkerboard()[1][f"u{user}"]


def same_colour_comes_first(number: int, answer: Ranking) -> bool:
    return {colour(each) for each in answer.items[:15]} == {number % 2}


MOST_POPULAR = popular(shop())
TYPES: Mapping[str, Asked] = MappingProxyType(
    {
        "USER_PERSONALIZATION": Asked(
            lambda user: by_user(f"u{user}"), lambda: by_user("stranger"), withheld_come_first, MOST_POPULAR
        ),
        "PERSONALIZED_RANKING": Asked(
            lambda user: ranking(f"u{user}"), lambda: ranking("stranger"), withheld_come_first, MOST_POPULAR
        ),
        "RELATED_ITEMS": Asked(
            lambda item: by_item(f"i{item}"), lambda: by_item("unheard-of"), same_colour_comes_first, MOST_POPULAR
        ),
        "POPULAR_ITEMS": Asked(
            lambda user: by_user(f"u{user}"),
            lambda: by_user("stranger"),
            lambda _, answer: sorted(answer.items) == sorted(EVERY_ITEM),
            None,
        ),
        "aws-item-affinity": Asked(
            lambda item: by_item(f"i{item}"), lambda: by_item("unheard-of"), same_colour_comes_first, None
        ),
        "aws-item-attribute-affinity": Asked(
            lambda item: by_colour(COLOURS[item % 2]), lambda: by_colour("gold"), same_colour_comes_first, None
        ),
    }
)


def asked(recipe: str) -> Asked:
    return TYPES.get(recipe) or TYPES[RECIPES[recipe].type]


def questions(recipe: str) -> list[Query]:
    return [*map(asked(recipe).known, range(ITEMS)), asked(recipe).unknown()]


def answers(recipe: str, one: Trained) -> list[Ranking]:
    return [one.model.answer(query) for query in questions(recipe)]


@pytest.mark.parametrize("recipe", RECIPE_NAMES)
def test_what_is_known_to_be_right_comes_first(recipe: str) -> None:
    for number in range(ITEMS):
        answer = trained(recipe).model.answer(asked(recipe).known(number))
        assert asked(recipe).is_right(number, answer), (number, answer)
        assert len(set(answer.items)) == len(answer.items) >= WITHHELD


@pytest.mark.parametrize("recipe", [name for name in RECIPE_NAMES if asked(name).for_unknown is not None])
def test_popular_items_are_for_those_of_whom_nothing_is_known(recipe: str) -> None:
    answer = trained(recipe).model.answer(asked(recipe).unknown())
    assert answer.items == asked(recipe).for_unknown


@pytest.mark.parametrize("recipe", RECIPE_NAMES)
def test_one_seed_gives_one_model_whatever_the_order_of_rows(recipe: str) -> None:
    """Every two events share a time, so that the order of rows must not step in."""
    table = shop().interactions
    tied = table.set_column(2, "TIMESTAMP", pa.array(START + np.arange(len(table)) // 2))
    random = np.random.default_rng(8)
    one = full(recipe, replace(shop(), interactions=tied))
    other = full(
        recipe,
        replace(
            shop(),
            interactions=tied.take(random.permutation(len(tied))),
            items=shop().items.take(random.permutation(ITEMS)),
        ),
    )
    assert one.metrics == other.metrics
    assert answers(recipe, one) == answers(recipe, other)


@pytest.mark.parametrize("recipe", RECIPE_NAMES)
def test_a_saved_model_answers_the_same(recipe: str, tmp_path: Path) -> None:
    trained(recipe).model.save(tmp_path / "model")
    restored = load(tmp_path / "model")
    assert restored.recipe == trained(recipe).model.recipe == recipe
    assert [restored.answer(query) for query in questions(recipe)] == answers(recipe, trained(recipe))


@pytest.mark.parametrize("recipe", RECIPE_NAMES)
def test_many_answers_are_those_to_each(recipe: str) -> None:
    many = trained(recipe).model.answer_many(questions(recipe) * 8)
    assert list(many) == answers(recipe, trained(recipe)) * 8


@pytest.mark.parametrize("recipe", RECIPE_NAMES)
def test_as_many_as_asked_for_are_the_beginning_of_all(recipe: str) -> None:
    model = trained(recipe).model
    for query in questions(recipe)[::7]:
        assert model.answer(replace(query, num_results=3)).items == model.answer(query).items[:3]


@pytest.mark.parametrize("recipe", RECIPE_NAMES)
def test_a_filter_leaves_the_others_in_their_order(recipe: str) -> None:
    model = trained(recipe).model
    for query in questions(recipe)[::7]:
        everything = model.answer(query).items
        some = frozenset(everything[::3])
        included = model.answer(replace(query, allowed=Allowed(some, only=True))).items
        excluded = model.answer(replace(query, allowed=Allowed(some))).items
        assert included == [each for each in everything if each in some]
        assert excluded == [each for each in everything if each not in some]
        assert model.answer(replace(query, allowed=Allowed(frozenset(), only=True))).items == []


@pytest.mark.parametrize("recipe", RECIPE_NAMES)
def test_scores_are_said_by_the_recipes_that_have_any(recipe: str) -> None:
    for answer in answers(recipe, trained(recipe)):
        if RECIPES[recipe].type in {"USER_PERSONALIZATION", "PERSONALIZED_RANKING"}:
            assert answer.scores is not None
            assert len(answer.scores) == len(answer.items)
            assert sum(score for score in answer.scores if score is not None) == pytest.approx(1, abs=1e-5)
            assert answer.scores == sorted(answer.scores, key=lambda score: -(score or 0))
        else:
            assert answer.scores is None


@pytest.mark.parametrize("recipe", RECIPE_NAMES)
def test_metrics_are_shares(recipe: str) -> None:
    metrics = trained(recipe).metrics
    assert metrics
    assert all(round(value, 4) == value >= 0 for value in metrics.values())
    assert list(metrics) == sorted(metrics)


@pytest.mark.parametrize("recipe", RECIPE_NAMES)
def test_too_little_data_fails_with_the_documented_reason(recipe: str) -> None:
    few = replace(shop(), interactions=shop().interactions.slice(0, 999))
    with pytest.raises(TrainingError, match=r"^Create failed. Dataset has fewer than 1000 interactions.$"):
        full(recipe, few)
    users = [f"u{event % 24}" for event in range(1200)]
    items = [f"i{event % ITEMS}" for event in range(1200)]
    with pytest.raises(TrainingError, match="fewer than 25 users with at least 2 interactions each"):
        full(recipe, replace(shop(), interactions=interactions(users, items, list(range(1200)))))


def ends(recipe: Recipe, member: str, end: int) -> dict[str, str]:
    """Every parameter at the least or the most that is allowed, but for percentiles, which would leave nobody."""
    parameters = getattr(recipe, "hyperparameters" if member == "algorithmHyperParameters" else "featurization")
    return {
        name: parameter.values[end] if isinstance(parameter, Choice) else str((parameter.least, parameter.most)[end])
        for name, parameter in parameters.items()
        if not name.endswith("_percentile") and not name.startswith("cold_start_max")
    }


@pytest.mark.parametrize("end", [0, -1])
@pytest.mark.parametrize("recipe", [name for name in RECIPE_NAMES if RECIPES[name].hyperparameters])
def test_hyperparameters_train_at_both_ends_of_their_ranges(recipe: str, end: int) -> None:
    known = RECIPES[recipe]
    config = {
        "algorithmHyperParameters": ends(known, "algorithmHyperParameters", end),
        "featureTransformationParameters": CONFIGS.get(recipe, {}).get("featureTransformationParameters", {})
        | ends(known, "featureTransformationParameters", end),
    }
    assert [fault for fault in check_solution_config(recipe, config) if "performHPO" not in fault] == []
    model = train(recipe, config, None, shop(), 1).model
    assert model.answer(asked(recipe).known(1)).items


@pytest.mark.parametrize(
    ("recipe", "member", "name"),
    [
        (recipe.name, member, name)
        for recipe in RECIPES.values()
        for member, parameters in (
            ("algorithmHyperParameters", recipe.hyperparameters),
            ("featureTransformationParameters", recipe.featurization),
        )
        for name in parameters
    ],
)
def test_parameters_out_of_range_are_refused(recipe: str, member: str, name: str) -> None:
    for value in ("-1", "10000000", "much"):
        faults = check_solution_config(recipe, {member: {name: value}})
        assert [fault for fault in faults if name in fault]
