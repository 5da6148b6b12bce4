import pytest

from include.local_personalize.engine import RECIPES, check_solution_config

PERSONALIZATION = "aws-user-personalization"


def test_only_user_personalization_can_be_updated() -> None:
    assert {name for name, recipe in RECIPES.items() if recipe.update_allowed} == {PERSONALIZATION}
    assert {name: recipe.type for name, recipe in RECIPES.items()} == {
        PERSONALIZATION: "USER_PERSONALIZATION",
        "aws-popularity-count": "POPULAR_ITEMS",
    }


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"eventValueThreshold": "3.5"},
        {"algorithmHyperParameters": {"hidden_dimension": "32", "bptt": "2", "recency_mask": "false"}},
        {"featureTransformationParameters": {"max_user_history_length_percentile": "1"}},
    ],
)
def test_sound_configurations(config: dict[str, object]) -> None:
    assert check_solution_config(PERSONALIZATION, config) == []


@pytest.mark.parametrize("recipe", RECIPES.values())
def test_defaults_of_a_recipe_are_sound(recipe) -> None:
    defaults = {
        "algorithmHyperParameters": recipe.default_hyperparameters,
        "featureTransformationParameters": recipe.default_feature_transformation,
    }
    assert check_solution_config(recipe.name, defaults) == []


@pytest.mark.parametrize(
    ("recipe", "config", "fault"),
    [
        ("aws-sims", {}, "recipe aws-sims is not supported: the recipes are "),
        (PERSONALIZATION, {"eventValueThreshold": "high"}, "eventValueThreshold must be a number, not 'high'"),
        (PERSONALIZATION, {"eventsConfig": {}}, "solutionConfig.eventsConfig is not supported by aws-user-personal"),
        (PERSONALIZATION, {"algorithmHyperParameters": {"bptt": "33"}}, "bptt must be a whole number from 2 to 32"),
        (PERSONALIZATION, {"algorithmHyperParameters": {"bptt": "2.5"}}, "bptt must be a whole number from 2 to 32"),
        (PERSONALIZATION, {"algorithmHyperParameters": {"recency_mask": "1"}}, "must be true or false, not '1'"),
        (PERSONALIZATION, {"algorithmHyperParameters": {"bppt": "3"}}, "bppt is unknown: the parameters are hidden_"),
        ("aws-popularity-count", {"algorithmHyperParameters": {"bptt": "3"}}, "bptt is unknown: the recipe has none"),
        (
            PERSONALIZATION,
            {"featureTransformationParameters": {"min_user_history_length_percentile": "1"}},
            "min_user_history_length_percentile is above max_user_history_length_percentile",
        ),
    ],
)
def test_each_fault_is_named(recipe: str, config: dict[str, object], fault: str) -> None:
    (found,) = check_solution_config(recipe, config)
    assert fault in found
