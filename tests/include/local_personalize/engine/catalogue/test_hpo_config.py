import pytest

from include.local_personalize.engine import check_solution_config

PERSONALIZATION = "aws-user-personalization"


def ranges(**members: list[dict[str, object]]) -> dict[str, object]:
    return {"algorithmHyperParameterRanges": members}


def jobs(**members: str) -> dict[str, object]:
    return {"hpoResourceConfig": members}


@pytest.mark.parametrize(
    ("recipe", "config"),
    [
        (PERSONALIZATION, {}),
        (PERSONALIZATION, jobs(maxNumberOfTrainingJobs="40", maxParallelTrainingJobs="10")),
        (PERSONALIZATION, ranges(integerHyperParameterRanges=[{"name": "bptt", "minValue": 2, "maxValue": 2}])),
        (PERSONALIZATION, ranges(categoricalHyperParameterRanges=[{"name": "recency_mask", "values": ["true"]}])),
        ("aws-sims", ranges(continuousHyperParameterRanges=[{"name": "popularity_discount_factor", "minValue": 0.4}])),
        ("aws-similar-items", ranges(integerHyperParameterRanges=[{"name": "item_id_hidden_dim", "minValue": 30}])),
        (PERSONALIZATION, {"hpoObjective": {"metricName": "precision_at_5", "type": "Maximize"}}),
    ],
)
def test_sound_searches(recipe: str, config: dict[str, object]) -> None:
    assert check_solution_config(recipe, {"hpoConfig": config}) == []


@pytest.mark.parametrize(
    ("recipe", "config", "fault"),
    [
        ("aws-item-affinity", {}, "hpoConfig is not allowed for recipe aws-item-affinity: it has no tunable hyperpara"),
        ("aws-user-personalization-v2", {}, "hpoConfig is not allowed for recipe aws-user-personalization-v2"),
        (PERSONALIZATION, jobs(maxNumberOfTrainingJobs="41"), "must be a whole number from 1 to 40, not '41'"),
        (PERSONALIZATION, jobs(maxParallelTrainingJobs="many"), "must be a whole number from 1 to 10, not 'many'"),
        (PERSONALIZATION, {"hpoObjective": {"metricName": "accuracy"}}, "metricName must be one of coverage, "),
        (PERSONALIZATION, {"hpoObjective": {"metricRegex": ".*"}}, "metricRegex is not offered"),
        (PERSONALIZATION, {"hpoObjective": {"type": "Most"}}, "type must be Maximize or Minimize, not 'Most'"),
        (
            PERSONALIZATION,
            ranges(integerHyperParameterRanges=[{"name": "bptt", "minValue": 20, "maxValue": 40}]),
            "[bptt] must be a range within 2 to 32, not 20 to 40",
        ),
        (
            PERSONALIZATION,
            ranges(integerHyperParameterRanges=[{"name": "bptt", "minValue": 20, "maxValue": 10}]),
            "[bptt] must be a range within 2 to 32, not 20 to 10",
        ),
        (
            PERSONALIZATION,
            ranges(continuousHyperParameterRanges=[{"name": "bptt", "minValue": 2, "maxValue": 10}]),
            "[bptt] is of another kind: its values are a whole number from 2 to 32",
        ),
        (
            PERSONALIZATION,
            ranges(categoricalHyperParameterRanges=[{"name": "recency_mask", "values": ["yes"]}]),
            "[recency_mask] must have values that are true or false",
        ),
        ("aws-hrnn", ranges(integerHyperParameterRanges=[{"name": "bptt"}]), "[bptt] cannot be tuned: the tunable"),
        (
            PERSONALIZATION,
            ranges(integerHyperParameterRanges=[{"name": "bptt"}, {"name": "bptt"}]),
            "must name each hyperparameter once",
        ),
    ],
)
def test_each_fault_is_named(recipe: str, config: dict[str, object], fault: str) -> None:
    (found,) = check_solution_config(recipe, {"hpoConfig": config})
    assert fault in found
