"""The catalogue: recipes that train here, the algorithms behind them and how they prepare data."""

import base64
import binascii

from include.local_personalize.call import Answer, Call
from include.local_personalize.engine import DOMAIN_RECIPES, RECIPES, Recipe
from include.local_personalize.engine.catalogue import Choice, WholeNumber
from include.local_personalize.errors import InvalidNextToken, ResourceNotFound
from include.local_personalize.state import describing
from include.local_personalize.state.arns import RECIPE_PREFIX

CATALOGUED_AT = 1_542_392_161.837  # one fixed moment: recipes are older than any resource of a caller
ALGORITHM_PREFIX = "arn:aws:personalize:::algorithm/"
TRANSFORMATION_PREFIX = "arn:aws:personalize:::feature-transformation/"
PAGE = 100


def describe_recipe(call: Call) -> Answer:
    arn = call.request["recipeArn"]
    for recipe in _offered():
        if arn == RECIPE_PREFIX + recipe.name:
            return {"recipe": describing.cut(_described(recipe), "Recipe")}
    raise ResourceNotFound(arn)


def list_recipes(call: Call) -> Answer:
    """Those of all domains and of custom solutions, or of one domain, in alphabetical order."""
    domain = call.request.get("domain")
    names = sorted(recipe.name for recipe in _offered() if domain in (None, recipe.domain))
    last = _last_name(call.request.get("nextToken"), domain)
    left = [name for name in names if name > last]
    limit = call.request.get("maxResults", PAGE)
    recipes = {recipe.name: recipe for recipe in _offered()}
    answer: Answer = {"recipes": [describing.cut(_described(recipes[name]), "RecipeSummary") for name in left[:limit]]}
    if len(left) > limit:
        answer["nextToken"] = base64.urlsafe_b64encode(f"recipes|{domain}|{left[limit - 1]}".encode()).decode()
    return answer


def describe_algorithm(call: Call) -> Answer:
    arn = call.request["algorithmArn"]
    for recipe in _offered():
        if arn == _algorithm_arn(recipe):
            return {"algorithm": _algorithm(recipe)}
    raise ResourceNotFound(arn)


def describe_feature_transformation(call: Call) -> Answer:
    """Recipes may share one; its parameters are those of the first that has any."""
    arn = call.request["featureTransformationArn"]
    alike = [recipe for recipe in _offered() if arn == _transformation_arn(recipe)]
    if not alike:
        raise ResourceNotFound(arn)
    parameters = next((found for recipe in alike if (found := recipe.default_feature_transformation)), {})
    transformation = {
        "name": arn.removeprefix(TRANSFORMATION_PREFIX),
        "featureTransformationArn": arn,
        "defaultParameters": parameters,
        "status": "ACTIVE",
        "creationDateTime": CATALOGUED_AT,
        "lastUpdatedDateTime": CATALOGUED_AT,
    }
    return {"featureTransformation": transformation}


def _offered() -> list[Recipe]:
    return [*RECIPES.values(), *DOMAIN_RECIPES.values()]


def _algorithm_arn(recipe: Recipe) -> str:
    return ALGORITHM_PREFIX + (recipe.algorithm or recipe.name)


def _transformation_arn(recipe: Recipe) -> str:
    return TRANSFORMATION_PREFIX + (recipe.feature_transformation or recipe.name)


def _described(recipe: Recipe) -> Answer:
    return {
        "name": recipe.name,
        "recipeArn": RECIPE_PREFIX + recipe.name,
        "algorithmArn": _algorithm_arn(recipe),
        "featureTransformationArn": _transformation_arn(recipe),
        "status": "ACTIVE",
        "description": recipe.description,
        "recipeType": recipe.type,
        "domain": recipe.domain,
        "creationDateTime": CATALOGUED_AT,
        "lastUpdatedDateTime": CATALOGUED_AT,
    }


def _algorithm(recipe: Recipe) -> Answer:
    ranges: dict[str, list[Answer]] = {
        "integerHyperParameterRanges": [],
        "continuousHyperParameterRanges": [],
        "categoricalHyperParameterRanges": [],
    }
    for name, parameter in recipe.hyperparameters.items():
        described: Answer = {"name": name, "isTunable": parameter.tunable}
        if isinstance(parameter, Choice):
            ranges["categoricalHyperParameterRanges"].append(described | {"values": list(parameter.values)})
        else:
            kind = "integer" if isinstance(parameter, WholeNumber) else "continuous"
            limits = {"minValue": parameter.least, "maxValue": parameter.most}
            ranges[f"{kind}HyperParameterRanges"].append(described | limits)
    return {
        "name": recipe.algorithm or recipe.name,
        "algorithmArn": _algorithm_arn(recipe),
        "defaultHyperParameters": recipe.default_hyperparameters,
        "defaultHyperParameterRanges": ranges,
        "creationDateTime": CATALOGUED_AT,
        "lastUpdatedDateTime": CATALOGUED_AT,
    }


def _last_name(token: str | None, domain: str | None) -> str:
    if token is None:
        return ""
    try:
        scope, token_domain, name = base64.b64decode(token, altchars=b"-_", validate=True).decode().split("|")
    except (binascii.Error, ValueError):
        scope, token_domain, name = "", "", ""
    if (scope, token_domain) != ("recipes", str(domain)):
        raise InvalidNextToken("The nextToken is not one that ListRecipes gave for the same request.")
    return name
