from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from include.local_personalize.engine import RECIPES, Trained, TrainingData, TrainingError, load, train, update
from tests.include.local_personalize.engine.shops import (
    START,
    USERS,
    WITHHELD,
    checkerboard,
    interactions,
    recommend,
    recommend_many,
)

PERSONALIZATION = "aws-user-personalization"
POPULARITY = "aws-popularity-count"
ITEM_RECIPES = [name for name, recipe in RECIPES.items() if recipe.type != "PERSONALIZED_ACTIONS"]
EVERYONE = [f"u{user}" for user in range(USERS)]
METADATA = pa.table({"ITEM_ID": ["i1", "i2", "new"], "GENRES": ["war", "war|love", "love"]})

Train = Callable[..., Trained]


def full(data: TrainingData, recipe: str = PERSONALIZATION, seed: int = 1) -> Trained:
    return train(recipe, {}, None, data, seed)


def answers(trained: Trained) -> list[object]:
    return recommend_many(trained.model, [*EVERYONE, "stranger"], 25)


def events(data: TrainingData, rows: pa.Table) -> TrainingData:
    return TrainingData(pa.concat_tables([data.interactions, rows]), data.items, data.users)


def test_withheld_items_come_back_first() -> None:
    data, withheld = checkerboard()
    model = full(data).model
    assert {user: set(recommend(model, user, WITHHELD).items) for user in EVERYONE} == withheld


def test_metrics_are_measured_on_withheld_items() -> None:
    """A test user's one hidden item (10% of 18) is one of three that the user has not had: its place is 1, 2 or 3."""
    metrics = full(checkerboard()[0]).metrics
    assert metrics["precision_at_5"] == pytest.approx(1 / 5)
    assert 1 / 3 <= metrics["mean_reciprocal_rank_at_25"] <= 1
    assert len(metrics) == 8


def test_seed_decides_the_test_users() -> None:
    data, _ = checkerboard()
    assert full(data, seed=1).metrics != full(data, seed=2).metrics


@pytest.mark.parametrize("recipe", [recipe for recipe in ITEM_RECIPES if RECIPES[recipe].update_allowed])
def test_saved_model_is_updated_to_the_same(recipe: str, tmp_path: Path) -> None:
    data, _ = checkerboard()
    with_new = TrainingData(data.interactions, METADATA, None)
    model = full(with_new, recipe).model
    model.save(tmp_path / "model")
    later = events(with_new, interactions(["u1"], ["i2"], [START + 9999]))
    one, other = (Trained(update(each, later), {}) for each in (model, load(tmp_path / "model")))
    assert answers(one) == answers(other)


def test_popularity_is_the_number_of_events() -> None:
    users = [f"u{user}" for user in range(50) for _ in range(21)]
    items = ["z", *["a"] * 5, *["m"] * 10, *["b"] * 5] * 50
    model = full(TrainingData(interactions(users, items, list(range(len(users)))), None, None), POPULARITY).model
    ranking = recommend(model, "anyone", 25)
    assert (ranking.items, ranking.scores) == (["m", "a", "b", "z"], None)
    assert recommend(model, "anyone", 2).items == ["m", "a"]


def test_popularity_cannot_be_updated() -> None:
    data, _ = checkerboard()
    with pytest.raises(TrainingError, match="aws-popularity-count has no trainingMode UPDATE"):
        update(full(data, POPULARITY).model, data)


@pytest.mark.parametrize(
    ("event_type", "config", "failure_reason"),
    [
        ("buy", {}, "Create failed. Dataset has fewer than 1000 interactions after filtering by event type: buy."),
        (None, {"eventValueThreshold": "4"}, "Create failed. Dataset has fewer than 1000 interactions."),
    ],
)
def test_too_few_interactions_after_filtering(event_type: str, config: dict[str, str], failure_reason: str) -> None:
    table = checkerboard()[0].interactions
    kinds = pa.array(["buy" if row % 2 else "view" for row in range(len(table))])
    values = pa.array([float(row % 5) for row in range(len(table))])
    table = table.append_column("EVENT_TYPE", kinds).append_column("EVENT_VALUE", values)
    with pytest.raises(TrainingError) as error:
        train(PERSONALIZATION, config, event_type, TrainingData(table, None, None), 1)
    assert str(error.value) == failure_reason


def test_only_the_events_asked_for_train() -> None:
    data, withheld = checkerboard()
    views = data.interactions.append_column("EVENT_TYPE", pa.array(["view"] * len(data.interactions)))
    # Every user clicks what is withheld: were clicks trained on, it could not be recommended as new.
    clicks = [(user, item) for user, items in withheld.items() for item in sorted(items)]
    users, items = (list(column) for column in zip(*clicks, strict=True))
    table = interactions(users, items, [START - 1] * len(clicks), EVENT_TYPE=["click"] * len(clicks))
    model = train(PERSONALIZATION, {}, "view", TrainingData(pa.concat_tables([views, table]), None, None), 1).model
    assert set(recommend(model, "u3", WITHHELD).items) == withheld["u3"]


def test_selecting_by_a_column_that_is_not_there() -> None:
    with pytest.raises(TrainingError, match="selects interactions by EVENT_TYPE, which the schema does not have"):
        train(PERSONALIZATION, {}, "buy", checkerboard()[0], 1)


def test_same_interaction_again_does_not_count() -> None:
    table = checkerboard()[0].interactions.slice(0, 600)
    with pytest.raises(TrainingError, match="fewer than 1000 interactions"):
        full(TrainingData(pa.concat_tables([table, table]), None, None))


def test_too_few_users() -> None:
    users = [f"u{event % 24}" for event in range(1200)]
    with pytest.raises(TrainingError) as error:
        full(
            TrainingData(
                interactions(users, [f"i{event % 97}" for event in range(1200)], list(range(1200))), None, None
            )
        )
    assert str(error.value) == "Create failed. Dataset has fewer than 25 users with at least 2 interactions each."


def test_smallest_dataset_that_trains() -> None:
    users = [f"u{event % 25}" for event in range(1000)]
    data = TrainingData(interactions(users, [f"i{event % 7}" for event in range(1000)], list(range(1000))), None, None)
    assert recommend(full(data).model, "u1", 25).items
