import numpy as np
import pyarrow as pa
import pytest

from include.local_personalize.engine import Query, TrainingData, train, update
from include.local_personalize.engine.data import EventFilter
from include.local_personalize.engine.histories import Histories, encode
from include.local_personalize.engine.popularity.trending_now import (
    SECONDS,
    TrendingNow,
    growth,
    trend_prediction_accuracy,
)
from tests.include.local_personalize.engine.shops import START, checkerboard, interactions

HOUR = 3600
END = 100 * HOUR


def events(*runs: tuple[str, int, float]) -> Histories:
    """Of each run (item, how many, hours before the end), users of their own; the last event of all is at END."""
    items = [item for item, count, _ in runs for _ in range(count)]
    times = [int(END - hours * HOUR) for _, count, hours in runs for _ in range(count)]
    return encode(interactions([f"u{event}" for event in range(len(items))], items, times))


def trending(histories: Histories, seconds: int = HOUR) -> list[str]:
    return TrendingNow.fit(histories, seconds, EventFilter()).answer(Query()).items


def test_what_grows_the_most_comes_first_and_then_what_is_popular() -> None:
    histories = events(
        ("old hit", 9, 50), ("steady", 6, 1.5), ("steady", 6, 0.5), ("falling", 8, 1.5), ("falling", 1, 0.5),
        ("rising", 1, 1.5), ("rising", 4, 0.5), ("newcomer", 5, 0),
    )  # fmt: skip
    assert growth(histories, END, HOUR).tolist() == [-7, 5, 0, 3, 0]  # in alphabetical order
    assert trending(histories) == ["newcomer", "rising", "steady", "falling", "old hit"]


def test_the_frequency_is_the_length_of_the_intervals() -> None:
    """Within the last hour a came 3 times after 0; within the last day b came 9 times and a 3, after 0."""
    histories = events(("b", 9, 5), ("a", 2, 0.5), ("a", 1, 0))
    assert trending(histories, SECONDS["1 hour"]) == ["a", "b"]
    assert trending(histories, SECONDS["1 day"]) == ["b", "a"]


def test_an_event_belongs_to_one_interval() -> None:
    assert growth(events(("a", 1, 0), ("b", 1, 1), ("c", 1, 2)), END, HOUR).tolist() == [1, -1, 0]


def test_accuracy_is_the_growth_found_of_the_growth_there_was() -> None:
    """Without the last hour, 25 fillers with two events each are popular and "a" leads: it goes on to grow by 1. "z",
    which is not found, grows by 3: 1 of the 4 that there was.
    """
    fillers = [(f"f{each:02}", 2, 30.0) for each in range(25)]
    histories = events(*fillers, ("a", 3, 1.5), ("a", 4, 0.5), ("z", 2, 0.5), ("z", 1, 0))
    assert trend_prediction_accuracy(histories, HOUR) == 1 / 4


@pytest.mark.parametrize("runs", [[("a", 5, 0)], [("a", 5, 1.5), ("a", 5, 0)]])
def test_accuracy_is_zero_without_a_past_or_growth(runs: list[tuple[str, int, float]]) -> None:
    assert trend_prediction_accuracy(events(*runs), HOUR) == 0


def test_trained_by_the_frequency_asked_for() -> None:
    """The last 2 hours are i1's, the 22 before them i2's."""
    data, _ = checkerboard()
    end = START + 10 * 24 * HOUR
    late = interactions(
        [f"u{event % 50}" for event in range(60)], ["i2"] * 40 + ["i1"] * 20, [end - 8 * HOUR] * 40 + [end] * 20
    )
    data = TrainingData(pa.concat_tables([data.interactions, late]), None, None)
    first = {}
    for frequency in ("2 hours", "1 day"):
        config = {"featureTransformationParameters": {"trend_discovery_frequency": frequency}}
        first[frequency] = train("aws-trending-now", config, None, data, 1).model.answer(Query(num_results=1)).items
    assert first == {"2 hours": ["i1"], "1 day": ["i2"]}
    trained = train("aws-trending-now", {}, None, data, 1)
    assert trained.model.answer(Query(num_results=1)).items == first["2 hours"]  # the documented default
    assert len(trained.metrics) == 9
    assert list(trained.metrics)[-1] == "trend_prediction_accuracy"
    assert np.isfinite(list(trained.metrics.values())).all()


def test_new_interactions_are_taken_in_without_training() -> None:
    """It goes on with the frequency and the events that it was trained with."""
    table = checkerboard()[0].interactions
    table = table.append_column("EVENT_TYPE", pa.array(["watch"] * len(table)))
    config = {"featureTransformationParameters": {"trend_discovery_frequency": "30 minutes"}}
    model = train("aws-trending-now", config, "watch", TrainingData(table, None, None), 1).model
    late = START + 100 * HOUR
    runs = [("i3", "watch", late - HOUR)] * 9 + [("i9", "click", late)] * 9 + [("i6", "watch", late)] * 3
    new = interactions(
        [f"u{event}" for event in range(len(runs))],
        [item for item, _, _ in runs],
        [time for _, _, time in runs],
        EVENT_TYPE=[kind for _, kind, _ in runs],
    )
    updated = update(model, TrainingData(pa.concat_tables([table, new]), None, None))
    assert updated.answer(Query(num_results=2)).items == ["i6", "i3"]
    assert updated.answer(Query()).items[0] != model.answer(Query()).items[0]
