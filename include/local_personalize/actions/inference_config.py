"""What campaigns, recommenders and batch inference jobs may be told about their answers."""

from include.local_personalize.call import Answer
from include.local_personalize.engine import Exploration, Recipe
from include.local_personalize.errors import InvalidInput


def check(recipe: Recipe, member: str, config: Answer) -> None:
    """Raise InvalidInput for what the recipe does not have; ``member`` is what the request calls ``config``."""
    if "rankingInfluence" in config and not recipe.ranking_influence_allowed:
        raise InvalidInput(f"{member}.rankingInfluence is not allowed for recipe {recipe.name}.")
    if "itemExplorationConfig" in config and not recipe.exploration_allowed:
        raise InvalidInput(f"{member}.itemExplorationConfig is not allowed for recipe {recipe.name}.")
    try:
        Exploration.of(config.get("itemExplorationConfig"))
    except ValueError as error:
        raise InvalidInput(f"{member}.itemExplorationConfig: {error}") from None
