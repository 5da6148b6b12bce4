from dataclasses import replace
from functools import cache
from typing import Any

import pyarrow as pa
import pytest

from include.local_personalize.engine import Query, Trained, TrainingData, train
from tests.include.local_personalize.engine.shops import ITEMS, START, USERS, checkerboard, recommend

EVERYONE = [f"u{user}" for user in range(USERS)]
WITH_NEW = pa.table({"ITEM_ID": [*(f"i{item}" for item in range(ITEMS)), "new"], "CREATION_TIMESTAMP": [START] * 41})


def data() -> TrainingData:
    return replace(checkerboard()[0], items=WITH_NEW)


@cache
def trained(recipe: str) -> Trained:
    return train(recipe, {}, None, data(), 1)


@pytest.mark.parametrize("recipe", ["aws-user-personalization-v2", "aws-hrnn", "aws-hrnn-metadata"])
def test_they_measure_what_user_personalization_measures(recipe: str) -> None:
    assert trained(recipe).metrics == trained("aws-user-personalization").metrics


def test_v2_says_why() -> None:
    model = trained("aws-user-personalization-v2").model
    ranking = recommend(model, "u1", ITEMS + 1)
    assert ranking.reasons == [["Exploration"] if item == "new" else [] for item in ranking.items]
    assert "new" in ranking.items
    stranger = recommend(model, "stranger", ITEMS + 1)
    assert stranger.reasons == [["Exploration"] if item == "new" else ["Popular item"] for item in stranger.items]
    first = trained("aws-user-personalization").model.answer(Query(user_id="u1", num_results=ITEMS + 1))
    assert (ranking.items, first.reasons) == (first.items, None)


@pytest.mark.parametrize("recipe", ["aws-hrnn", "aws-hrnn-metadata"])
def test_what_is_older_than_exploration_does_not_explore(recipe: str) -> None:
    assert all("new" not in recommend(trained(recipe).model, user).items for user in EVERYONE)
    assert any("new" in recommend(trained("aws-user-personalization").model, user).items for user in EVERYONE)


@pytest.mark.parametrize("recipe", ["aws-user-personalization-v2", "aws-personalized-ranking-v2"])
def test_recency_bias_is_the_recency_mask_of_the_first_version(recipe: str) -> None:
    first = {"aws-user-personalization-v2": "aws-user-personalization"}.get(recipe, "aws-personalized-ranking")

    def answer(name: str, **hyperparameters: str) -> Any:
        model = train(name, {"algorithmHyperParameters": hyperparameters}, None, data(), 1).model
        return model.answer(Query(user_id="u1", item_list=tuple(WITH_NEW["ITEM_ID"].to_pylist()), num_results=50))

    without = answer(recipe, apply_recency_bias="false")
    assert without.scores == answer(first, recency_mask="false").scores
    assert without.scores != answer(recipe).scores == answer(first).scores
