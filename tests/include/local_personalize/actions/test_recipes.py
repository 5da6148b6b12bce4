"""The catalogue: recipes, their algorithms and their feature transformations."""

import pytest

PREFIX = "arn:aws:personalize:::recipe/"
PERSONALIZATION = f"{PREFIX}aws-user-personalization"


def names(recipes):
    return [recipe["name"] for recipe in recipes]


def test_recipes_are_listed_and_described(shop):
    listed = {recipe["recipeArn"] for recipe in shop.api.list_recipes(recipeProvider="SERVICE")["recipes"]}
    assert {PERSONALIZATION, f"{PREFIX}aws-popularity-count", f"{PREFIX}aws-vod-top-picks"} <= listed
    recipe = shop.api.describe_recipe(recipeArn=PERSONALIZATION)["recipe"]
    assert (recipe["name"], recipe["recipeType"], recipe["status"]) == (
        "aws-user-personalization",
        "USER_PERSONALIZATION",
        "ACTIVE",
    )
    assert recipe["description"]
    described = shop.api.describe_recipe(recipeArn=f"{PREFIX}aws-vod-top-picks")["recipe"]
    assert described["recipeType"] == "USER_PERSONALIZATION"


def test_pages_of_recipes_join_to_the_whole_list(shop):
    whole = names(shop.api.list_recipes()["recipes"])
    pages = shop.api.get_paginator("list_recipes").paginate(PaginationConfig={"PageSize": 2})
    paged = [page["recipes"] for page in pages]
    assert [name for page in paged for name in names(page)] == whole
    assert max(map(len, paged)) == 2


def test_a_domain_has_recipes_of_its_own(shop):
    for domain, prefix in (("VIDEO_ON_DEMAND", "aws-vod-"), ("ECOMMERCE", "aws-ecomm-")):
        recipes = shop.api.list_recipes(domain=domain)["recipes"]
        assert recipes
        assert all(name.startswith(prefix) for name in names(recipes))
        assert {recipe["domain"] for recipe in recipes} == {domain}


def test_an_algorithm_has_the_documented_hyperparameters(shop):
    arn = shop.api.describe_recipe(recipeArn=PERSONALIZATION)["recipe"]["algorithmArn"]
    algorithm = shop.api.describe_algorithm(algorithmArn=arn)["algorithm"]
    assert algorithm["defaultHyperParameters"]["hidden_dimension"] == "149"
    ranges = algorithm["defaultHyperParameterRanges"]
    dimension = {"name": "hidden_dimension", "minValue": 32, "maxValue": 256, "isTunable": True}
    assert dimension in ranges["integerHyperParameterRanges"]
    assert [choice["name"] for choice in ranges["categoricalHyperParameterRanges"]] == ["recency_mask"]


def test_a_feature_transformation_has_the_documented_parameters(shop):
    arn = "arn:aws:personalize:::feature-transformation/JSON-percentile-filtering"
    transformation = shop.api.describe_feature_transformation(featureTransformationArn=arn)["featureTransformation"]
    assert transformation["defaultParameters"] == {
        "min_user_history_length_percentile": "0.0",
        "max_user_history_length_percentile": "0.99",
    }


def test_what_is_not_in_the_catalogue_is_not_found(shop):
    nothing = "arn:aws:personalize:::{}/aws-nothing"
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        shop.api.describe_recipe(recipeArn=nothing.format("recipe"))
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        shop.api.describe_algorithm(algorithmArn=nothing.format("algorithm"))
    with pytest.raises(shop.api.exceptions.ResourceNotFoundException):
        shop.api.describe_feature_transformation(featureTransformationArn=nothing.format("feature-transformation"))


def test_a_token_belongs_to_its_list(shop):
    with pytest.raises(shop.api.exceptions.InvalidNextTokenException):
        shop.api.list_recipes(nextToken="bm8gdG9rZW4=")
