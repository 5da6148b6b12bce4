"""The objective, event weights, context and metadata of new items, each where the right answer is known."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from include.local_personalize.engine import Exploration, Query, TrainingData, TrainingError, load, train, update
from tests.include.local_personalize.engine.shops import START, checkerboard, interactions, recommend

V1, V2, RANKING = "aws-user-personalization", "aws-user-personalization-v2", "aws-personalized-ranking"
NONE = Exploration(weight=0)


def priced(prices: list[float | None]) -> TrainingData:
    data, _ = checkerboard()
    items = pa.table({"ITEM_ID": [f"i{item}" for item in range(len(prices))], "PRICE": prices})
    return replace(data, items=items)


def objective(sensitivity: str) -> dict[str, object]:
    return {"optimizationObjective": {"itemAttribute": "PRICE", "objectiveSensitivity": sensitivity}}


def mean_price(recipe: str, sensitivity: str, data: TrainingData) -> float:
    """Of the first five items of every user; item n costs n."""
    items = pa.table({"ITEM_ID": [f"i{item}" for item in range(40)], "PRICE": list(range(40))})
    model = train(recipe, objective(sensitivity), None, replace(data, items=items), 1).model
    listed = tuple(f"i{item}" for item in range(40))
    queries = [Query(user_id=f"u{user}", num_results=5, item_list=listed, exploration=NONE) for user in range(60)]
    return float(np.mean([int(item[1:]) for ranking in model.answer_many(queries) for item in ranking.items]))


@pytest.mark.parametrize("recipe", [V1, RANKING])
def test_a_more_sensitive_objective_recommends_what_is_worth_more(recipe: str, by_device: TrainingData) -> None:
    off, low, medium, high = (mean_price(recipe, each, by_device) for each in ("OFF", "LOW", "MEDIUM", "HIGH"))
    assert off < low < medium < high


def test_average_rewards_are_measured() -> None:
    trained = train(V1, objective("LOW"), None, priced([float(item) for item in range(40)]), 1)
    assert 0 <= trained.metrics["average_rewards_at_k"] <= 1
    assert len(trained.metrics) == 9


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (checkerboard()[0], "PRICE is no column of the Items dataset"),
        (priced([None] + [1.0] * 39), "PRICE has no value for some items"),
    ],
)
def test_an_objective_without_values_fails(data: TrainingData, message: str) -> None:
    with pytest.raises(TrainingError, match=message):
        train(V1, objective("LOW"), None, data, 1)


def browsed_and_bought() -> TrainingData:
    """Each of 60 users browses 20 items of 0 to 19 and then buys two of 20 to 23: 22 x 60 events."""
    random = np.random.default_rng(3)
    users, items, types = [], [], []
    for user in range(60):
        users += [f"u{user}"] * 22
        bought = random.choice([20, 21, 22, 23], 2, replace=False)
        items += [f"i{item}" for item in (*random.permutation(20), *bought)]
        types += ["view"] * 20 + ["buy"] * 2
    return TrainingData(
        interactions(users, items, list(range(START, START + len(users))), EVENT_TYPE=types), None, None
    )


def weighed(view: float, buy: float) -> dict[str, object]:
    listed = [{"eventType": "view", "weight": view}, {"eventType": "buy", "weight": buy}]
    return {"eventsConfig": {"eventParametersList": listed}}


def bought_share(config: dict[str, object]) -> float:
    """Of what a stranger gets first, the share that is bought rather than viewed."""
    items = recommend(train(V2, config, None, browsed_and_bought(), 1).model, "stranger", 4, NONE).items
    return sum(int(item[1:]) >= 20 for item in items) / len(items)


def test_a_weightier_event_type_brings_its_items_forward() -> None:
    # 30 buys of each bought item and 60 views of each viewed one: with weights of 1 to 3, 30 x 3 beats 60 x 1.
    assert bought_share(weighed(1.0, 1.0)) == 0
    assert bought_share(weighed(0.3, 0.9)) == 1


def test_only_ratios_of_weights_matter() -> None:
    one, other = (train(V2, weighed(*each), None, browsed_and_bought(), 1) for each in ((0.2, 0.4), (0.5, 1.0)))
    assert one.metrics == other.metrics
    assert recommend(one.model, "u1") == recommend(other.model, "u1")


def test_a_weight_of_zero_leaves_a_type_out() -> None:
    model = train(V2, weighed(1.0, 0.0), None, browsed_and_bought(), 1).model
    assert not {f"i{item}" for item in range(20, 24)} & set(recommend(model, "stranger", 25, NONE).items)


def test_event_weights_are_measured() -> None:
    metrics = train(V2, weighed(0.3, 0.1), None, browsed_and_bought(), 1).metrics
    weighted = [name for name in metrics if "with_event_weights" in name]
    assert len(metrics) - len(weighted) == 8
    assert len(weighted) == 3
    assert all(0 <= metrics[name] <= 1 for name in weighted)


@pytest.fixture(scope="module")
def by_device() -> TrainingData:
    """Everyone uses even items on the phone and odd ones on the TV, 24 of 40 items each: 1,440 events."""
    random = np.random.default_rng(5)
    users, items, devices = [], [], []
    for user in range(60):
        chosen = random.permutation(40)[:24]
        users += [f"u{user}"] * 24
        items += [f"i{item}" for item in chosen]
        devices += ["tv" if item % 2 else "phone" for item in chosen]
    table = interactions(users, items, list(range(START, START + len(users))), DEVICE=devices)
    return TrainingData(table, None, None, context_columns=["DEVICE"])


@pytest.mark.parametrize("recipe", [V1, RANKING])
def test_context_decides_what_is_recommended(by_device: TrainingData, recipe: str, tmp_path: Path) -> None:
    model = train(recipe, {}, None, by_device, 1).model
    model.save(tmp_path / "model")
    listed = tuple(f"i{item}" for item in range(40))
    for each in (model, load(tmp_path / "model")):
        for device, parity in (("phone", 0), ("tv", 1)):
            for user in ("u1", "stranger"):
                query = Query(
                    user_id=user, num_results=5, item_list=listed, exploration=NONE, context={"DEVICE": device}
                )
                assert {int(item[1:]) % 2 for item in each.answer(query).items} == {parity}


@pytest.mark.parametrize(
    ("selection", "counts"),
    [
        ({"excludedDatasetColumns": {"INTERACTIONS": ["DEVICE"]}}, False),
        ({"excludedDatasetColumns": {"ITEMS": ["DEVICE"]}}, True),
        ({"includedDatasetColumns": {"Interactions": ["EVENT_VALUE"]}}, False),
        ({"includedDatasetColumns": {"Interactions": ["DEVICE"]}}, True),
        ({"includedDatasetColumns": {"ITEMS": ["GENRES"]}}, True),
    ],
)
def test_a_column_that_does_not_train_is_no_context(
    by_device: TrainingData, selection: dict[str, dict[str, list[str]]], counts: bool
) -> None:
    model = train(V1, {"trainingDataConfig": selection}, None, by_device, 1).model
    given = Query(user_id="u1", exploration=NONE, context={"DEVICE": "tv"})
    assert (model.answer(given) != model.answer(replace(given, context={}))) == counts


@pytest.mark.parametrize("event_type", [None, "buy"])
def test_context_is_of_the_events_that_train(by_device: TrainingData, event_type: str | None) -> None:
    """All is bought as in the shop, and viewed the other way round, twice as often."""
    table = by_device.interactions.append_column("EVENT_TYPE", pa.array(["buy"] * by_device.interactions.num_rows))
    swapped = pa.array(["phone" if each == "tv" else "tv" for each in table["DEVICE"].to_pylist()])
    views = table.set_column(3, "DEVICE", swapped).set_column(4, "EVENT_TYPE", pa.array(["view"] * len(table)))
    data = replace(by_device, interactions=pa.concat_tables([table, views, views]))
    model = train(V1, {}, event_type, data, 1).model
    query = Query(user_id="stranger", num_results=5, exploration=NONE, context={"DEVICE": "phone"})
    assert {int(item[1:]) % 2 for item in model.answer(query).items} == ({0} if event_type else {1})


def test_new_items_are_explored_by_those_whom_their_metadata_suits(tmp_path: Path) -> None:
    """Even items are red and odd ones blue; new red ones go to users of even items rather than to the others."""
    data, _ = checkerboard()
    new = [f"new{item}" for item in range(20)]
    items = pa.table(
        {
            "ITEM_ID": [f"i{item}" for item in range(40)] + new,
            "COLOUR": ["blue" if item % 2 else "red" for item in range(40)]
            + ["blue" if n % 2 else "red" for n in range(20)],
        }
    )
    full = train(V1, {}, None, replace(data, items=items), 1).model
    updated = update(train(V1, {}, None, replace(data, items=items.slice(0, 40)), 1).model, replace(data, items=items))
    full.save(tmp_path / "model")
    for model in (full, load(tmp_path / "model"), updated):
        suited = 0
        for user in range(60):
            explored = recommend(model, f"u{user}", 3, Exploration(weight=1)).items
            suited += sum(int(item[3:]) % 2 == user % 2 for item in explored)
        # Without metadata half of 180 would suit; two deviations of taste between the colours make it 88 in 100.
        assert suited > 0.75 * 180
