"""What is wrong with a solutionConfig."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import regex

from include.local_personalize.engine.catalogue.custom_recipes import CUSTOM_RECIPES
from include.local_personalize.engine.catalogue.hpo_config import hpo_faults
from include.local_personalize.engine.catalogue.parameters import Number, Parameter
from include.local_personalize.engine.catalogue.recipe import Recipe

ANY_NUMBER = Number("0", -math.inf, math.inf)
MOST_EVENT_TYPES = 10
# A dataset's ids and times are what training is about; they cannot be left out.
REQUIRED_COLUMNS = {"USER_ID", "ITEM_ID", "TIMESTAMP"}
DATASET_TYPES = {"INTERACTIONS", "ITEMS", "USERS"}
MOST_COLUMNS = 50


def check_solution_config(recipe: str, solution_config: Mapping[str, Any]) -> list[str]:
    """What is wrong with a solutionConfig, a sentence each; empty if the recipe can train with it.

    Its shape is that of the API's SolutionConfig. Whether its columns and event types exist is known at training.
    """
    known = {custom.name: custom for custom in CUSTOM_RECIPES}
    if recipe not in known:
        return [f"recipe {recipe} is none of custom solutions: those are {', '.join(known)}"]
    return list(_faults(known[recipe], solution_config))


def _faults(recipe: Recipe, config: Mapping[str, Any]) -> Iterator[str]:
    threshold = config.get("eventValueThreshold")
    if threshold is not None and not ANY_NUMBER.admits(threshold):
        yield f"solutionConfig.eventValueThreshold must be a number, not {threshold!r}"
    yield from _parameter_faults("algorithmHyperParameters", config, recipe.hyperparameters)
    yield from _parameter_faults("featureTransformationParameters", config, recipe.featurization)
    yield from _percentile_faults(recipe, config.get("featureTransformationParameters", {}))
    yield from _events_faults(recipe, config)
    yield from _objective_faults(recipe, config)
    if "hpoConfig" in config:
        yield from hpo_faults(recipe, config["hpoConfig"])
    if "autoMLConfig" in config:
        yield (
            "solutionConfig.autoMLConfig is not offered: AWS advises against AutoML, which knows the legacy HRNN "
            "recipes alone; name a recipe"
        )
    yield from _training_data_faults(config.get("trainingDataConfig", {}))
    yield from schedule_faults(config)


def _parameter_faults(member: str, config: Mapping[str, Any], known: Mapping[str, Parameter]) -> Iterator[str]:
    for name, value in config.get(member, {}).items():
        where = f"solutionConfig.{member}.{name}"
        if name not in known:
            allowed = f"the parameters are {', '.join(known)}" if known else "the recipe has none"
            yield f"{where} is unknown: {allowed}"
        elif known[name].only_tuned:
            yield f"{where} cannot be given: it is found by performHPO within a range of hpoConfig"
        elif not known[name].admits(value):
            yield f"{where} must be {known[name].allowed}, not {value!r}"


def _percentile_faults(recipe: Recipe, given: Mapping[str, str]) -> Iterator[str]:
    """A lower percentile above the upper one leaves nothing to train on."""
    values = recipe.default_feature_transformation | dict(given)
    for low in values:
        high = low.replace("min_", "max_", 1)
        if low.startswith("min_") and _above(values[low], values[high]):
            yield f"solutionConfig.featureTransformationParameters leaves nothing: {low} is above {high}"


def _above(low: str, high: str) -> bool:
    return ANY_NUMBER.admits(low) and ANY_NUMBER.admits(high) and float(low) > float(high)


def _events_faults(recipe: Recipe, config: Mapping[str, Any]) -> Iterator[str]:
    if "eventsConfig" not in config:
        return
    where = "solutionConfig.eventsConfig"
    if not recipe.events_config_allowed:
        yield f"{where} is not allowed for recipe {recipe.name}: it belongs to the v2 recipes"
        return
    events = config["eventsConfig"].get("eventParametersList", [])
    if not 1 <= len(events) <= MOST_EVENT_TYPES:
        yield f"{where}.eventParametersList must have 1 to {MOST_EVENT_TYPES} event types, not {len(events)}"
    types = [event.get("eventType") for event in events]
    if not all(types) or len(set(types)) < len(types):
        yield f"{where}.eventParametersList must name each eventType once"
    for event in events:
        if not 0 <= event.get("weight", 1) <= 1:
            yield f"{where}: the weight of {event.get('eventType')} must be from 0 to 1, not {event['weight']}"
    if events and not any(event.get("weight", 1) for event in events):
        yield f"{where} leaves no event: every weight is 0"


def _objective_faults(recipe: Recipe, config: Mapping[str, Any]) -> Iterator[str]:
    if "optimizationObjective" not in config:
        return
    objective = config["optimizationObjective"]
    if not recipe.objective_allowed:
        yield f"solutionConfig.optimizationObjective is not allowed for recipe {recipe.name}"
    elif "itemAttribute" not in objective:
        yield "solutionConfig.optimizationObjective.itemAttribute must name a numeric column of the Items dataset"


def _training_data_faults(config: Mapping[str, Any]) -> Iterator[str]:
    excluded, included = config.get("excludedDatasetColumns", {}), config.get("includedDatasetColumns", {})
    for member, columns in (("excludedDatasetColumns", excluded), ("includedDatasetColumns", included)):
        where = f"solutionConfig.trainingDataConfig.{member}"
        for dataset, names in columns.items():
            if dataset.upper() not in DATASET_TYPES:
                yield f"{where}.{dataset} is no dataset that trains: those are Interactions, Items and Users"
            if len(names) > MOST_COLUMNS:
                yield f"{where}.{dataset} has {len(names)} columns; at most {MOST_COLUMNS} are allowed"
    for dataset, names in excluded.items():
        if required := REQUIRED_COLUMNS.intersection(name.upper() for name in names):
            yield (
                f"solutionConfig.trainingDataConfig.excludedDatasetColumns.{dataset} has {', '.join(sorted(required))}"
                ", without which nothing trains"
            )
    if both := {dataset.upper() for dataset in excluded} & {dataset.upper() for dataset in included}:
        yield f"solutionConfig.trainingDataConfig both excludes and includes columns of {', '.join(sorted(both))}"


def schedule_faults(config: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the autoTrainingConfig of a solutionConfig or solutionUpdateConfig."""
    expression = config.get("autoTrainingConfig", {}).get("schedulingExpression")
    if expression is None:
        return
    days = regex.fullmatch(r"rate\((\d+) days?\)", expression)
    if not days or not 1 <= int(days[1]) <= 30:
        yield (
            "solutionConfig.autoTrainingConfig.schedulingExpression must be rate(1 day) to rate(30 days), "
            f"not {expression!r}"
        )
