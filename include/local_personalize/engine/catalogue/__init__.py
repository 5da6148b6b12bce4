"""Every recipe of Amazon Personalize: what it is, and what a solution may configure about it."""

from include.local_personalize.engine.catalogue.custom_recipes import CUSTOM_RECIPES
from include.local_personalize.engine.catalogue.domain_recipes import DOMAIN_RECIPES
from include.local_personalize.engine.catalogue.parameters import Choice, Number, Parameter, WholeNumber
from include.local_personalize.engine.catalogue.recipe import Recipe, UseCase
from include.local_personalize.engine.catalogue.solution_config import check_solution_config

CATALOGUE = {recipe.name: recipe for recipe in (*CUSTOM_RECIPES, *DOMAIN_RECIPES)}

__all__ = [
    "CATALOGUE",
    "Choice",
    "Number",
    "Parameter",
    "Recipe",
    "UseCase",
    "WholeNumber",
    "check_solution_config",
]
