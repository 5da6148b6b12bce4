import pytest

from include.local_personalize.engine import check_solution_config

PERSONALIZATION = "aws-user-personalization"
V2 = "aws-user-personalization-v2"


def events(*parameters: dict[str, object]) -> dict[str, object]:
    return {"eventsConfig": {"eventParametersList": list(parameters)}}


def excluding(dataset: str, *columns: str) -> dict[str, object]:
    return {"trainingDataConfig": {"excludedDatasetColumns": {dataset: list(columns)}}}


@pytest.mark.parametrize(
    ("recipe", "config"),
    [
        (PERSONALIZATION, {}),
        (PERSONALIZATION, {"eventValueThreshold": "3.5"}),
        (
            PERSONALIZATION,
            {"algorithmHyperParameters": {"hidden_dimension": "32", "bptt": "2", "recency_mask": "false"}},
        ),
        (PERSONALIZATION, {"featureTransformationParameters": {"max_user_history_length_percentile": "1"}}),
        (PERSONALIZATION, {"optimizationObjective": {"itemAttribute": "PRICE", "objectiveSensitivity": "LOW"}}),
        (PERSONALIZATION, {"autoTrainingConfig": {"schedulingExpression": "rate(1 day)"}}),
        (PERSONALIZATION, excluding("Items", "GENRES", "PRICE")),
        (V2, {"algorithmHyperParameters": {"apply_recency_bias": "False"}}),
        (V2, events({"eventType": "view", "weight": 0.1}, {"eventType": "buy", "eventValueThreshold": 2.0})),
        ("aws-trending-now", {"featureTransformationParameters": {"trend_discovery_frequency": "30 minutes"}}),
    ],
)
def test_sound_configurations(recipe: str, config: dict[str, object]) -> None:
    assert check_solution_config(recipe, config) == []


@pytest.mark.parametrize(
    ("recipe", "config", "fault"),
    [
        ("aws-nothing", {}, "recipe aws-nothing is none of custom solutions: those are aws-user-personalization, "),
        ("aws-vod-top-picks", {}, "recipe aws-vod-top-picks is none of custom solutions"),
        (PERSONALIZATION, {"eventValueThreshold": "high"}, "eventValueThreshold must be a number, not 'high'"),
        (PERSONALIZATION, {"eventValueThreshold": "nan"}, "eventValueThreshold must be a number, not 'nan'"),
        (PERSONALIZATION, {"algorithmHyperParameters": {"bptt": "33"}}, "bptt must be a whole number from 2 to 32"),
        (PERSONALIZATION, {"algorithmHyperParameters": {"bptt": "2.5"}}, "bptt must be a whole number from 2 to 32"),
        (PERSONALIZATION, {"algorithmHyperParameters": {"recency_mask": "1"}}, "must be true or false, not '1'"),
        (PERSONALIZATION, {"algorithmHyperParameters": {"bppt": "3"}}, "bppt is unknown: the parameters are hidden_"),
        ("aws-popularity-count", {"algorithmHyperParameters": {"bptt": "3"}}, "bptt is unknown: the recipe has none"),
        ("aws-similar-items", {"algorithmHyperParameters": {"item_id_hidden_dim": "50"}}, "is found by performHPO"),
        (
            PERSONALIZATION,
            {"featureTransformationParameters": {"min_user_history_length_percentile": "1"}},
            "min_user_history_length_percentile is above max_user_history_length_percentile",
        ),
        (
            "aws-sims",
            {"featureTransformationParameters": {"max_item_interaction_count_percentile": "0"}},
            "min_item_interaction_count_percentile is above max_item_interaction_count_percentile",
        ),
        (PERSONALIZATION, events({"eventType": "view"}), "eventsConfig is not allowed for recipe aws-user-personal"),
        (V2, {"eventsConfig": {}}, "eventParametersList must have 1 to 10 event types, not 0"),
        (V2, events(*({"eventType": str(each)} for each in range(11))), "must have 1 to 10 event types, not 11"),
        (V2, events({"eventType": "a"}, {"eventType": "a"}), "must name each eventType once"),
        (V2, events({"weight": 1.0}), "must name each eventType once"),
        (V2, events({"eventType": "a", "weight": 1.5}), "the weight of a must be from 0 to 1, not 1.5"),
        (V2, events({"eventType": "a", "weight": 0.0}), "leaves no event: every weight is 0"),
        (V2, {"optimizationObjective": {"itemAttribute": "PRICE"}}, "optimizationObjective is not allowed for recipe"),
        (PERSONALIZATION, {"optimizationObjective": {"objectiveSensitivity": "LOW"}}, "itemAttribute must name a num"),
        (PERSONALIZATION, {"autoMLConfig": {"recipeList": []}}, "AWS advises against AutoML"),
        (PERSONALIZATION, {"autoTrainingConfig": {"schedulingExpression": "rate(31 days)"}}, "rate(1 day) to rate(30"),
        (PERSONALIZATION, excluding("Actions", "VALUE"), "excludedDatasetColumns.Actions is no dataset that trains"),
        (PERSONALIZATION, excluding("Users", "user_id"), "excludedDatasetColumns.Users has USER_ID, without which"),
        (PERSONALIZATION, excluding("Items", *map(str, range(51))), "Items has 51 columns; at most 50 are allowed"),
        (
            PERSONALIZATION,
            {
                "trainingDataConfig": {
                    "excludedDatasetColumns": {"Items": ["A"]},
                    "includedDatasetColumns": {"ITEMS": ["B"]},
                }
            },
            "both excludes and includes columns of ITEMS",
        ),
    ],
)
def test_each_fault_is_named(recipe: str, config: dict[str, object], fault: str) -> None:
    (found,) = check_solution_config(recipe, config)
    assert fault in found
