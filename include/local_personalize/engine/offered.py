"""The recipes of the catalogue that really train here."""

from collections.abc import Mapping

from include.local_personalize.engine.catalogue import CATALOGUE, Recipe
from include.local_personalize.engine.training import FAMILIES

RECIPES: Mapping[str, Recipe] = {name: recipe for name, recipe in CATALOGUE.items() if name in FAMILIES}

# Recommenders train them as their use case's custom recipe.
DOMAIN_RECIPES: Mapping[str, Recipe] = {
    name: recipe for name, recipe in CATALOGUE.items() if recipe.use_case and recipe.use_case.trained_as in FAMILIES
}
