import pandas as pd

from include.demo import bots
from include.demo.nights import Part

NIGHT = Part(
    "night",
    {
        "interactions": pd.DataFrame(
            {
                "USER_ID": ["u1", "u2", "u3"],
                "ITEM_ID": ["a", "b", "a"],
                "TIMESTAMP": ["100", "250", "180"],
                "EVENT_TYPE": ["watch", "click", "watch"],
            }
        )
    },
)
ITEMS = pd.Series(["a", "b", "c", "d"])


def test_the_night_itself_is_untouched_and_the_bots_come_after_it():
    poisoned = bots.poison(NIGHT, ITEMS, users=20).tables["interactions"]
    pd.testing.assert_frame_equal(poisoned.head(3), NIGHT.tables["interactions"])
    added = poisoned.iloc[3:]
    assert added["USER_ID"].value_counts().to_dict() == {f"bot-{number:05d}": 25 for number in range(20)}


def test_bots_act_within_the_night_on_known_items_with_real_event_types():
    added = bots.poison(NIGHT, ITEMS, users=20).tables["interactions"].iloc[3:]
    assert added["TIMESTAMP"].astype(int).between(100, 250).all()
    assert set(added["ITEM_ID"]) == set(ITEMS)
    assert set(added["EVENT_TYPE"]) == {"watch", "click"}


def test_the_same_bots_come_every_time():
    first, second = (bots.poison(NIGHT, ITEMS, users=20).tables["interactions"] for _ in range(2))
    pd.testing.assert_frame_equal(first, second)
