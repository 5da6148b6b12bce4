from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from include.local_personalize.engine import Allowed, Query, StreamedEvent, TrainingData, train
from include.local_personalize.engine.histories import encode
from include.local_personalize.engine.related.sims import Hyperparameters, Sims
from tests.include.local_personalize.engine.shops import ITEMS, START, checkerboard, interactions

EVERY_ITEM: dict[str, Any] = {
    "featureTransformationParameters": {
        "min_item_interaction_count_percentile": "0",
        "max_item_interaction_count_percentile": "1",
    }
}


def trained(data: TrainingData, config: dict[str, Any] = EVERY_ITEM) -> Sims:
    model = train("aws-sims", config, None, data, 1).model
    assert isinstance(model, Sims)
    return model


@pytest.fixture(scope="module")
def data() -> TrainingData:
    return checkerboard()[0]


@pytest.fixture(scope="module")
def model(data: TrainingData) -> Sims:
    return trained(data)


def related(model: Sims, item: str, count: int = 19, **more: Any) -> list[str]:
    return model.answer(Query(item_id=item, num_results=count, **more)).items


def test_items_of_one_colour_are_related(model: Sims) -> None:
    for item in range(ITEMS):
        assert set(related(model, f"i{item}")) == {f"i{each}" for each in range(item % 2, ITEMS, 2)} - {f"i{item}"}


def test_related_items_are_followed_by_popular_ones(model: Sims) -> None:
    everything = related(model, "i3", 500)
    assert everything[0] != "i3"
    assert set(everything) == {f"i{each}" for each in range(ITEMS)} - {"i3"}
    assert everything[19:] == [item for item in model.item_ids if int(item[1:]) % 2 == 0]


def test_unknown_items_get_popular_ones(model: Sims, data: TrainingData) -> None:
    ranking = model.answer(Query(item_id="unheard of", num_results=5))
    counts = data.interactions["ITEM_ID"].value_counts().to_pylist()
    most = sorted(counts, key=lambda each: (-each["counts"], each["values"]))[:5]
    # Of equally popular ones the first in the alphabet comes first.
    assert ranking.items == [each["values"] for each in most]
    assert ranking.scores is None


def test_items_outside_the_percentiles_do_not_train(data: TrainingData) -> None:
    hits = interactions([f"u{user}" for user in range(60)] * 3, ["hit"] * 180, list(range(START, START + 180)))
    with_hit = TrainingData(pa.concat_tables([data.interactions, hits]), None, None)
    default, every_item = trained(with_hit, {}), trained(with_hit)
    assert related(default, "hit") == related(default, "unheard of", 20)[1:]
    assert "hit" in related(every_item, "i1", 20)
    assert "hit" not in related(default, "i1", 18)


def test_users_outside_the_percentiles_do_not_train(data: TrainingData) -> None:
    """A robot with everything, three times over, would tie the colours together."""
    config = {"algorithmHyperParameters": {"min_cointeraction_count": "1"}, **EVERY_ITEM}
    robot = interactions(["robot"] * 120, [f"i{item % ITEMS}" for item in range(120)], list(range(START, START + 120)))
    with_robot = TrainingData(pa.concat_tables([data.interactions, robot]), None, None)
    every_user = {
        **config,
        "featureTransformationParameters": {
            **EVERY_ITEM["featureTransformationParameters"],
            "max_user_history_length_percentile": "1",
        },
    }
    assert np.count_nonzero(trained(with_robot, config).neighbours[0] >= 0) == ITEMS // 2 - 1
    assert np.count_nonzero(trained(with_robot, every_user).neighbours[0] >= 0) == ITEMS - 1


def test_popularity_discount_factor_is_obeyed() -> None:
    """Of those who had "a", 30 had "hit" and 20 "gem"; 20 more had only "hit", and nobody had only "gem"."""
    baskets = [["a", "gem", "hit"]] * 20 + [["a", "hit"]] * 10 + [["hit"]] * 20
    users = [f"u{user}" for user, basket in enumerate(baskets) for _ in basket]
    histories = encode(interactions(users, [item for basket in baskets for item in basket], list(range(len(users)))))

    def nearest(factor: str) -> str:
        config = {"algorithmHyperParameters": {"popularity_discount_factor": factor}, **EVERY_ITEM}
        return Sims.fit(histories, Hyperparameters.of(config)).answer(Query(item_id="a")).items[0]

    assert nearest("0.0") == "hit"
    assert nearest("1.0") == "gem"


def test_streamed_events_and_users_change_nothing(model: Sims) -> None:
    streamed = tuple(StreamedEvent(f"i{item}", "watch", START + 9999) for item in range(0, 40, 2))
    assert related(model, "i3", user_id="u2", streamed=streamed) == related(model, "i3")


def test_filters_are_obeyed_before_popular_items_fill_up(model: Sims) -> None:
    only = Allowed(frozenset({"i1", "i5", "i2"}), only=True)
    assert set(related(model, "i3", 2, allowed=only)) == {"i1", "i5"}
    assert related(model, "i3", 3, allowed=only)[2] == "i2"
    assert related(model, "i3", 500, allowed=Allowed(frozenset({"i5"}))).count("i5") == 0
