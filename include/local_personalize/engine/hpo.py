"""Hyperparameter optimisation: trainings with different hyperparameters, of which the best measured one wins."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from include.local_personalize.engine.catalogue import CATALOGUE, Choice, Parameter
from include.local_personalize.engine.data import Training, TrainingData
from include.local_personalize.engine.holdout import hold_out
from include.local_personalize.engine.hpo_search import Values, search
from include.local_personalize.engine.training import FAMILIES, prepared

# The service documents neither its metric nor its number of trainings where the caller gives none.
DEFAULT_METRIC = "normalized_discounted_cumulative_gain_at_25"
DEFAULT_TRIALS = 10
# Users are drawn until they have so many: more would not tell hyperparameters apart any better.
MOST_EVENTS = 1_000_000


def tuned(
    recipe: str, solution_config: Mapping[str, Any], event_type: str | None, data: TrainingData, seed: int
) -> Values:
    """The best hyperparameters of those that are searched, as the API spells them; the same for the same seed.

    ``solution_config`` is without faults; its hpoConfig says what is searched, see ``ranges``. Trials are measured on
    a validation split of the events that the metrics of the solution version are not measured on. Raises TrainingError
    as ``train`` does.
    """
    training = prepared(recipe, solution_config, event_type, data, seed)
    validation = replace(training, histories=hold_out(training.histories, seed).shown.drawn(MOST_EVENTS, seed))
    hpo = solution_config.get("hpoConfig", {})
    objective = hpo.get("hpoObjective", {})
    metric = objective.get("metricName", DEFAULT_METRIC)
    sign = -1 if objective.get("type", "").lower() == "minimize" else 1
    trials = int(hpo.get("hpoResourceConfig", {}).get("maxNumberOfTrainingJobs", DEFAULT_TRIALS))

    def measured(values: Values) -> float:
        return sign * _metrics(validation, values)[metric]

    return search(ranges(recipe, solution_config), trials, measured, seed)


def with_values(solution_config: Mapping[str, Any], values: Values) -> dict[str, Any]:
    """A solutionConfig with these hyperparameters."""
    given = solution_config.get("algorithmHyperParameters", {})
    return {**solution_config, "algorithmHyperParameters": {**given, **values}}


def ranges(recipe: str, solution_config: Mapping[str, Any]) -> dict[str, Parameter]:
    """What is searched: the ranges of hpoConfig, or else all that the recipe can tune, in its documented range, without
    what the solutionConfig sets, unless it sets all.

    Each default is the value that the solutionConfig or the recipe has, within the range.
    """
    tunable = CATALOGUE[recipe].tunable
    fixed = solution_config.get("algorithmHyperParameters", {})
    by_kind = solution_config.get("hpoConfig", {}).get("algorithmHyperParameterRanges", {})
    given = {each["name"]: each for kind in by_kind.values() for each in kind}
    if not given:
        given = {name: {} for name in tunable if name not in fixed} or {name: {} for name in tunable}
    return {
        name: _narrowed(tunable[name], limits, fixed.get(name, tunable[name].default)) for name, limits in given.items()
    }


def _narrowed(parameter: Parameter, limits: Mapping[str, Any], begin: str) -> Parameter:
    if isinstance(parameter, Choice):
        values = tuple(limits.get("values", parameter.values))
        return replace(parameter, values=values, default=begin if begin in values else values[0])
    least, most = limits.get("minValue", parameter.least), limits.get("maxValue", parameter.most)
    nearest = float(np.clip(float(begin), least, most))
    return replace(parameter, least=least, most=most, default=f"{nearest:.6g}")


def _metrics(validation: Training, values: Values) -> dict[str, float]:
    config = with_values(validation.config, values)
    return FAMILIES[validation.recipe].train(replace(validation, config=config)).metrics
