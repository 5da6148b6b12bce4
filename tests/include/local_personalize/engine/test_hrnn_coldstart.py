from typing import Any

import pyarrow as pa
import pytest

from include.local_personalize.engine import Exploration, Model, Query, TrainingData, train, update
from include.local_personalize.engine.exploration import SECONDS_A_DAY
from tests.include.local_personalize.engine.shops import ITEMS, START, USERS, checkerboard, interactions, recommend

ALL = Exploration(weight=1, item_age_cut_off_days=1e6)
NONE = Exploration(weight=0)


@pytest.fixture(scope="module")
def data() -> TrainingData:
    """The checkerboard's items are ten days old; "young" came two days ago and "busy" with it, but has 20 events."""
    table = checkerboard()[0].interactions
    table = table.set_column(2, "TIMESTAMP", pa.array([START + row for row in range(len(table))]))
    late = START + 10 * SECONDS_A_DAY
    new = interactions(
        [f"u{user}" for user in range(23)], ["young"] * 3 + ["busy"] * 20, [late - 2 * SECONDS_A_DAY] * 22 + [late]
    )
    return TrainingData(pa.concat_tables([table, new]), None, None)


def trained(data: TrainingData, **parameters: str) -> Model:
    return train("aws-hrnn-coldstart", {"featureTransformationParameters": parameters}, None, data, 1).model


def explored(model: Model) -> set[str]:
    """What is recommended for being new, which comes first where nothing else is left to chance."""
    known = {item for user in range(USERS) for item in recommend(model, f"u{user}", 500, NONE).items}
    return {item for user in range(USERS) for item in recommend(model, f"u{user}", 500, ALL).items} - known


@pytest.mark.parametrize(
    ("parameters", "held_back"),
    [
        ({}, {"young"}),  # the documented 15 interactions and 5 days, from the latest interaction
        ({"cold_start_max_interactions": "21"}, {"young", "busy"}),
        ({"cold_start_max_interactions": "3"}, set()),
        ({"cold_start_max_duration": "1"}, set()),
        ({"cold_start_relative_from": "currentTime"}, set()),  # all of it was years ago
    ],
)
def test_young_items_with_few_interactions_are_explored(
    data: TrainingData, parameters: dict[str, str], held_back: set[str]
) -> None:
    assert explored(trained(data, **parameters)) == held_back


def test_an_update_brings_in_what_is_new(data: TrainingData) -> None:
    late = interactions(["u1"], ["newest"], [START + 10 * SECONDS_A_DAY])
    model = update(trained(data), TrainingData(pa.concat_tables([data.interactions, late]), None, None))
    assert model.recipe == "aws-hrnn-coldstart"
    assert explored(model) == {"young", "newest"}


def test_the_other_parameters_are_those_of_user_personalization(data: TrainingData) -> None:
    config: dict[str, Any] = {"algorithmHyperParameters": {"recency_mask": "false"}}
    unlike = train("aws-hrnn-coldstart", config, None, data, 1).model
    assert recommend(unlike, "u1", ITEMS, NONE).scores != recommend(trained(data), "u1", ITEMS, NONE).scores


def test_context_goes_without_what_is_held_back(data: TrainingData) -> None:
    """Even items are had on the phone and odd ones on the TV; "young", which is held back, on the watch."""
    column = [
        "watch" if item in {"young", "busy"} else ("phone", "tv")[int(item[1:]) % 2]
        for item in data.interactions["ITEM_ID"].to_pylist()
    ]
    table = data.interactions.append_column("DEVICE", pa.array(column))
    model = trained(TrainingData(table, None, None, context_columns=["DEVICE"]))
    query = Query(user_id="stranger", num_results=5, exploration=NONE, context={"DEVICE": "phone"})
    assert {int(item[1:]) % 2 for item in model.answer(query).items} == {0}
    assert explored(model) == {"young"}
