"""The recipes that the engine has, and what a solution may configure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

HISTORY_PERCENTILES = {
    "min_user_history_length_percentile": "0.0",
    "max_user_history_length_percentile": "0.99",
}


@dataclass(frozen=True)
class Recipe:
    """Defaults are the documented ones, as the API spells them: strings."""

    name: str
    type: str
    update_allowed: bool
    default_hyperparameters: Mapping[str, str] = field(default_factory=dict)
    default_feature_transformation: Mapping[str, str] = field(default_factory=dict)


RECIPES: Mapping[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            "aws-user-personalization",
            "USER_PERSONALIZATION",
            update_allowed=True,
            default_hyperparameters={"hidden_dimension": "149", "bptt": "32", "recency_mask": "true"},
            default_feature_transformation=HISTORY_PERCENTILES,
        ),
        Recipe("aws-popularity-count", "POPULAR_ITEMS", update_allowed=False),
    )
}

SUPPORTED_MEMBERS = {
    "eventValueThreshold",
    "algorithmHyperParameters",
    "featureTransformationParameters",
    # No column but ids, times and events is trained on, so leaving columns out changes nothing.
    "trainingDataConfig",
    # When training runs is the service's business.
    "autoTrainingConfig",
}


def check_solution_config(recipe: str, solution_config: Mapping[str, Any]) -> list[str]:
    """What is wrong with a solutionConfig, a sentence each; empty if the recipe can train with it."""
    if recipe not in RECIPES:
        return [f"recipe {recipe} is not supported: the recipes are {', '.join(RECIPES)}"]
    known = RECIPES[recipe]
    faults = [
        f"solutionConfig.{member} is not supported by {recipe} of the local service"
        for member in sorted(solution_config.keys() - SUPPORTED_MEMBERS)
    ]
    threshold = solution_config.get("eventValueThreshold")
    if threshold is not None and _fault(threshold, _number(float("-inf"), float("inf"))):
        faults.append(f"solutionConfig.eventValueThreshold must be a number, not {threshold!r}")
    for member, allowed in (
        ("algorithmHyperParameters", known.default_hyperparameters),
        ("featureTransformationParameters", known.default_feature_transformation),
    ):
        faults += _parameter_faults(f"solutionConfig.{member}", solution_config.get(member, {}), allowed)
    return faults or _order_faults(solution_config.get("featureTransformationParameters", {}))


def _order_faults(given: Mapping[str, str]) -> list[str]:
    least, most = (float((HISTORY_PERCENTILES | dict(given))[name]) for name in HISTORY_PERCENTILES)
    if least <= most:
        return []
    return ["solutionConfig.featureTransformationParameters leaves no user: " + " is above ".join(HISTORY_PERCENTILES)]


def _number(least: float, most: float, kind: type[int] | type[float] = float) -> Callable[[str], bool]:
    return lambda text: least <= kind(text) <= most


ALLOWED: Mapping[str, tuple[str, Callable[[str], bool]]] = {
    "hidden_dimension": ("a whole number from 32 to 256", _number(32, 256, int)),
    "bptt": ("a whole number from 2 to 32", _number(2, 32, int)),
    "recency_mask": ("true or false", lambda text: text.lower() in {"true", "false"}),
    "min_user_history_length_percentile": ("a number from 0 to 1", _number(0, 1)),
    "max_user_history_length_percentile": ("a number from 0 to 1", _number(0, 1)),
}


def _parameter_faults(where: str, given: Mapping[str, str], known: Mapping[str, str]) -> list[str]:
    faults = []
    for name, value in given.items():
        if name not in known:
            allowed = f"the parameters are {', '.join(known)}" if known else "the recipe has none"
            faults.append(f"{where}.{name} is unknown: {allowed}")
        elif _fault(value, ALLOWED[name][1]):
            faults.append(f"{where}.{name} must be {ALLOWED[name][0]}, not {value!r}")
    return faults


def _fault(value: str, valid: Callable[[str], bool]) -> bool:
    try:
        return not valid(value)
    except ValueError:
        return True
