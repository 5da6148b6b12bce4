"""The catalogue."""

import pytest

PREFIX = "arn:aws:personalize:::recipe/"


def test_the_recipes_of_this_service_are_listed_and_described(shop):
    listed = {recipe["recipeArn"] for recipe in shop.api.list_recipes(recipeProvider="SERVICE")["recipes"]}
    assert {f"{PREFIX}aws-user-personalization", f"{PREFIX}aws-popularity-count"} <= listed
    recipe = shop.api.describe_recipe(recipeArn=f"{PREFIX}aws-user-personalization")["recipe"]
    assert recipe["recipeType"] == "USER_PERSONALIZATION"
    assert recipe["status"] == "ACTIVE"


def test_an_unknown_recipe_is_not_found(shop):
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        shop.api.describe_recipe(recipeArn=f"{PREFIX}aws-nothing")
