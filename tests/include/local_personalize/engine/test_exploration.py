import numpy as np
import pyarrow as pa
import pytest

from include.local_personalize.engine import Exploration
from include.local_personalize.engine.exploration import SECONDS_A_DAY, cold_items, interleaved, slots
from tests.include.local_personalize.engine.shops import interactions

YOUNG = np.zeros(300)  # new items, none preferred


def test_defaults_are_the_documented_ones() -> None:
    assert Exploration.of(None) == Exploration.of({}) == Exploration(0.3, 30)


def test_strings_of_the_api_are_read() -> None:
    config = {"explorationWeight": "0.8", "explorationItemAgeCutOff": "7"}
    assert Exploration.of(config) == Exploration(0.8, 7)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"explorationWeight": "much"}, "explorationWeight must be a number, not 'much'"),
        ({"explorationWeight": "1.1"}, "explorationWeight must be from 0 to 1, not 1.1"),
        ({"explorationWeight": "nan"}, "explorationWeight must be from 0 to 1, not nan"),
        ({"explorationItemAgeCutOff": "-1"}, "explorationItemAgeCutOff must be a number of days, 0 or more, not -1"),
        ({"weight": "0.3"}, "unknown key weight: the keys are explorationWeight and explorationItemAgeCutOff"),
    ],
)
def test_wrong_configuration_names_the_key(config: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        Exploration.of(config)


def test_age_of_an_item() -> None:
    """From CREATION_TIMESTAMP, else the first interaction, else the latest interaction of all."""
    day = SECONDS_A_DAY
    events = interactions(["u", "u", "v"], ["warm", "found", "found"], [100 * day, 60 * day, 90 * day])
    items = pa.table(
        {"ITEM_ID": ["old", "stamped", "bare", "warm"], "CREATION_TIMESTAMP": [69 * day, 70 * day, None, 1]}
    )
    cold = cold_items(["warm"], events, items)
    assert dict(zip(cold.item_ids, (cold.created // day).tolist(), strict=True)) == {
        "bare": 100, "found": 60, "old": 69, "stamped": 70,
    }  # fmt: skip
    young = {days: [cold.item_ids[at] for at in cold.young(Exploration(item_age_cut_off_days=days))]
             for days in (30, 31, 0)}  # fmt: skip
    assert young == {30: ["bare", "stamped"], 31: ["bare", "old", "stamped"], 0: ["bare"]}


def test_items_without_creation_timestamps_are_new() -> None:
    cold = cold_items(["a"], interactions(["u"], ["a"], [5]), pa.table({"ITEM_ID": ["a", "b"]}))
    assert (cold.item_ids, cold.created.tolist()) == (["b"], [5])


def test_parts_with_dictionaries_of_their_own() -> None:
    parts = [interactions(["u"], [item], [time]) for item, time in (("a", 5), ("b", 7), ("a", 3))]
    parts = [part.set_column(1, "ITEM_ID", part["ITEM_ID"].dictionary_encode()) for part in parts]
    cold = cold_items([], pa.concat_tables(parts), None)
    assert (cold.item_ids, cold.created.tolist(), cold.latest_interaction) == (["a", "b"], [3, 7], 7)


@pytest.mark.parametrize("weight", [0.1, 0.3, 0.8])
def test_weight_is_the_share_of_positions(weight: float) -> None:
    taken = sum(np.count_nonzero(slots(YOUNG, weight, f"u{user}", 1)[0] < 25) for user in range(4000))
    # 100,000 draws: six standard deviations are less than 0.01.
    assert taken / (4000 * 25) == pytest.approx(weight, abs=0.01)


def test_extreme_weights() -> None:
    assert slots(YOUNG, 0, "u", 1)[1].tolist() == []
    assert slots(YOUNG, 1, "u", 1)[0].tolist() == list(range(300))
    assert slots(np.empty(0), 0.3, "u", 1)[1].tolist() == []


def test_a_larger_weight_moves_every_new_item_forward() -> None:
    few, many = (slots(YOUNG, weight, "u", 1) for weight in (0.2, 0.5))
    assert few[1].tolist() == many[1].tolist()
    assert (many[0] <= few[0]).all()


def test_every_user_and_seed_has_its_own_draw() -> None:
    drawn = [slots(YOUNG, 0.3, user, seed)[1].tolist() for user, seed in (("u", 1), ("u", 1), ("v", 1), ("u", 2))]
    assert drawn[0] == drawn[1]
    assert drawn[0] != drawn[2]
    assert drawn[0] != drawn[3]


def test_a_preferred_item_is_drawn_first_in_proportion() -> None:
    preference = np.log([3.0, 1.0])
    first = sum(int(slots(preference, 1, f"u{user}", 1)[1][0] == 0) for user in range(4000))
    assert first / 4000 == pytest.approx(3 / 4, abs=0.03)  # four standard deviations are 0.027


def test_impressions_that_nobody_answers_are_counted() -> None:
    events = interactions(["u", "v", "w"], ["a", "a", "x"], [1, 2, 3], IMPRESSION=["x|y", "x|x", None])
    cold = cold_items(["a"], events, pa.table({"ITEM_ID": ["y", "z"]}))
    # x was shown three times and had once, y was shown once, z never.
    assert dict(zip(cold.item_ids, cold.ignored.tolist(), strict=True)) == {"x": 2, "y": 1, "z": 0}
    assert np.exp(cold.preference(np.arange(3), np.empty(0))) == pytest.approx([1 / 3, 1 / 2, 1])


def test_new_item_has_the_score_of_the_one_whose_place_it_took() -> None:
    items, scores = interleaved(["a", "b", "c"], np.array([0.5, 0.3, 0.2]), np.array([1]), ["x"], 4)
    assert items == ["a", "x", "b", "c"]
    assert scores == pytest.approx(np.array([0.5, 0.3, 0.3, 0.2]) / 1.3)


def test_neighbouring_places_and_the_end_of_the_list() -> None:
    items, scores = interleaved(["a", "b"], np.array([0.6, 0.4]), np.array([1, 2, 9]), ["x", "y", "z"], 10)
    assert items == ["a", "x", "y", "b", "z"]
    assert scores == pytest.approx(np.array([0.6, 0.4, 0.4, 0.4, 0.4]) / 2.2)


def test_without_known_items_new_ones_share_all() -> None:
    items, scores = interleaved([], np.array([]), np.array([0, 3]), ["x", "y"], 5)
    assert items == ["x", "y"]
    assert scores == pytest.approx([0.5, 0.5])
