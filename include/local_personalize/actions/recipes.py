"""The catalogue of recipes, as far as the engine has them."""

from include.local_personalize import describing
from include.local_personalize.arns import RECIPE_PREFIX
from include.local_personalize.call import Answer, Call
from include.local_personalize.engine import RECIPES
from include.local_personalize.errors import InvalidNextToken, ResourceNotFound

CATALOGUED_AT = 1_542_392_161.837  # one fixed moment: recipes are older than any resource of a caller


def describe_recipe(call: Call) -> Answer:
    arn = call.request["recipeArn"]
    name = arn.removeprefix(RECIPE_PREFIX)
    if arn != RECIPE_PREFIX + name or name not in RECIPES:
        raise ResourceNotFound(arn)
    return {"recipe": _described(name)}


def list_recipes(call: Call) -> Answer:
    """One page holds all; recipes of domains belong to recommenders, which are not offered."""
    if "nextToken" in call.request:
        raise InvalidNextToken("The nextToken is not one that ListRecipes gave.")
    names = [] if "domain" in call.request else sorted(RECIPES)
    return {"recipes": [describing.cut(_described(name), "RecipeSummary") for name in names]}


def _described(name: str) -> Answer:
    return {
        "name": name,
        "recipeArn": RECIPE_PREFIX + name,
        "algorithmArn": f"arn:aws:personalize:::algorithm/{name}",
        "featureTransformationArn": f"arn:aws:personalize:::feature-transformation/{name}",
        "status": "ACTIVE",
        "recipeType": RECIPES[name].type,
        "creationDateTime": CATALOGUED_AT,
        "lastUpdatedDateTime": CATALOGUED_AT,
    }
