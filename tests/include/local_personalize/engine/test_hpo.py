import pytest

from include.local_personalize.engine import TrainingData, hpo, train
from include.local_personalize.engine.catalogue import Choice, Number, WholeNumber
from tests.include.local_personalize.engine.shops import START, interactions

PERSONALIZATION = "aws-user-personalization"
SIMS = "aws-sims"


def ranges(**members: list[dict[str, object]]) -> dict[str, object]:
    return {"hpoConfig": {"algorithmHyperParameterRanges": members}}


def test_without_ranges_all_that_can_be_tuned_is_searched() -> None:
    assert hpo.ranges(SIMS, {}) == {
        "popularity_discount_factor": Number("0.5", 0, 1, tunable=True),
        "min_cointeraction_count": WholeNumber("3", 0, 10, tunable=True),
    }
    assert list(hpo.ranges(SIMS, {"algorithmHyperParameters": {"min_cointeraction_count": "1"}})) == [
        "popularity_discount_factor"
    ]


def test_given_ranges_are_all_that_is_searched() -> None:
    config = ranges(
        integerHyperParameterRanges=[{"name": "bptt", "minValue": 20, "maxValue": 30}],
        categoricalHyperParameterRanges=[{"name": "recency_mask", "values": ["false"]}],
    )
    assert hpo.ranges(PERSONALIZATION, config) == {
        "bptt": WholeNumber("30", 20, 30, tunable=True),  # begins at the value nearest to its default, 32
        "recency_mask": Choice("false", ("false",), tunable=True),
    }


@pytest.fixture(scope="module")
def niches() -> TrainingData:
    """Everyone has 14 hits and then six items that only five others have: what comes next is one of those.

    Items of a niche are had together by six users. 60 users x 20 events = 1,200 interactions.
    """
    users = [f"u{user}" for user in range(60) for _ in range(20)]
    hits = [f"hit{number}" for number in range(14)]
    items = [item for user in range(60) for item in [*hits, *(f"niche{user // 6}-{number}" for number in range(6))]]
    return TrainingData(interactions(users, items, list(range(START, START + len(users)))), None, None)


@pytest.mark.parametrize(("goal", "begin", "precision"), [("Maximize", "10", 2 / 5), ("Minimize", "3", 0.0)])
def test_tuning_moves_to_what_measures_best(niches: TrainingData, goal: str, begin: str, precision: float) -> None:
    """A test user's two hidden items (10% of 20) are among the five others of the niche: those are related as long as
    six users together suffice.
    """
    config = {
        "algorithmHyperParameters": {"min_cointeraction_count": begin},
        "hpoConfig": {
            "hpoObjective": {"metricName": "precision_at_5", "type": goal},
            "hpoResourceConfig": {"maxNumberOfTrainingJobs": "6"},
            "algorithmHyperParameterRanges": {"integerHyperParameterRanges": [{"name": "min_cointeraction_count"}]},
        },
    }
    found = hpo.tuned(SIMS, config, None, niches, 1)
    assert list(found) == ["min_cointeraction_count"]
    assert (int(found["min_cointeraction_count"]) <= 6) == (goal == "Maximize")
    assert hpo.tuned(SIMS, config, None, niches, 1) == found
    metrics = train(SIMS, hpo.with_values(config, found), None, niches, 1).metrics
    assert metrics["precision_at_5"] == pytest.approx(precision)
