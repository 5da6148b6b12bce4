import pytest

from include.local_personalize.engine import CATALOGUE, DOMAIN_RECIPES, RECIPES, check_solution_config
from include.local_personalize.engine.training import FAMILIES

CUSTOM = [recipe for recipe in CATALOGUE.values() if not recipe.use_case]
DOMAIN = [recipe for recipe in CATALOGUE.values() if recipe.use_case]


def test_only_what_trains_is_offered() -> None:
    assert set(RECIPES) == set(FAMILIES)
    assert all(recipe.use_case.trained_as in FAMILIES for recipe in DOMAIN_RECIPES.values())
    assert {"aws-vod-top-picks", "aws-ecomm-popular-items-by-views"} <= set(DOMAIN_RECIPES)


def test_update_is_of_user_personalization_and_its_legacy_kin() -> None:
    updated = {recipe.name for recipe in CATALOGUE.values() if recipe.update_allowed}
    assert updated == {"aws-user-personalization", "aws-hrnn-coldstart"}


def test_recipes_without_batch_inference() -> None:
    without = {recipe.name for recipe in CUSTOM if not recipe.batch_inference_allowed}
    segments = {"aws-item-affinity", "aws-item-attribute-affinity"}
    assert without == {"aws-trending-now", "aws-next-best-action", *segments}
    assert not any(recipe.batch_inference_allowed for recipe in DOMAIN)


@pytest.mark.parametrize("recipe", CUSTOM, ids=lambda recipe: recipe.name)
def test_defaults_of_a_recipe_are_sound(recipe) -> None:
    settable = {name: each.default for name, each in recipe.hyperparameters.items() if not each.only_tuned}
    defaults = {
        "algorithmHyperParameters": settable,
        "featureTransformationParameters": recipe.default_feature_transformation,
    }
    assert check_solution_config(recipe.name, defaults) == []
    assert all(each.admits(each.default) for each in recipe.hyperparameters.values())


@pytest.mark.parametrize("recipe", DOMAIN, ids=lambda recipe: recipe.name)
def test_a_use_case_is_trained_as_a_custom_recipe_of_its_type(recipe) -> None:
    assert CATALOGUE[recipe.use_case.trained_as].type == recipe.type
    assert recipe.use_case.item_required == (recipe.type == "RELATED_ITEMS")
    assert recipe.name.startswith({"VIDEO_ON_DEMAND": "aws-vod-", "ECOMMERCE": "aws-ecomm-"}[recipe.domain])
