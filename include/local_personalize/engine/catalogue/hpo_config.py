"""What is wrong with a hpoConfig: ranges must lie within those of the recipe."""

from collections.abc import Iterator, Mapping
from typing import Any

from include.local_personalize.engine.catalogue.parameters import Choice, Number, WholeNumber
from include.local_personalize.engine.catalogue.recipe import Recipe

MOST_TRAINING_JOBS = 40
MOST_PARALLEL_JOBS = 10
METRICS = (
    "coverage",
    "mean_reciprocal_rank_at_25",
    "normalized_discounted_cumulative_gain_at_5",
    "normalized_discounted_cumulative_gain_at_10",
    "normalized_discounted_cumulative_gain_at_25",
    "precision_at_5",
    "precision_at_10",
    "precision_at_25",
)
RANGES = {
    "integerHyperParameterRanges": WholeNumber,
    "continuousHyperParameterRanges": Number,
    "categoricalHyperParameterRanges": Choice,
}


def hpo_faults(recipe: Recipe, config: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each fault of solutionConfig.hpoConfig."""
    if not recipe.tunable:
        yield f"solutionConfig.hpoConfig is not allowed for recipe {recipe.name}: it has no tunable hyperparameter"
        return
    yield from _objective_faults(config.get("hpoObjective", {}))
    resources = config.get("hpoResourceConfig", {})
    for member, most in (
        ("maxNumberOfTrainingJobs", MOST_TRAINING_JOBS),
        ("maxParallelTrainingJobs", MOST_PARALLEL_JOBS),
    ):
        jobs = WholeNumber("1", 1, most)
        if member in resources and not jobs.admits(resources[member]):
            yield (
                f"solutionConfig.hpoConfig.hpoResourceConfig.{member} must be {jobs.allowed}, not {resources[member]!r}"
            )
    ranges = config.get("algorithmHyperParameterRanges", {})
    names = [given.get("name") for member in RANGES for given in ranges.get(member, [])]
    if len(set(names)) < len(names):
        yield "solutionConfig.hpoConfig.algorithmHyperParameterRanges must name each hyperparameter once"
    for member, kind in RANGES.items():
        for given in ranges.get(member, []):
            yield from _range_faults(recipe, member, kind, given)


def _objective_faults(objective: Mapping[str, str]) -> Iterator[str]:
    where = "solutionConfig.hpoConfig.hpoObjective"
    if "metricRegex" in objective:
        yield f"{where}.metricRegex is not offered: trainings write no log to find a metric in; give metricName"
    if objective.get("metricName", METRICS[0]) not in METRICS:
        yield f"{where}.metricName must be one of {', '.join(METRICS)}, not {objective['metricName']!r}"
    if objective.get("type", "Maximize").lower() not in {"maximize", "minimize"}:
        yield f"{where}.type must be Maximize or Minimize, not {objective['type']!r}"


def _range_faults(
    recipe: Recipe, member: str, kind: type[WholeNumber | Number | Choice], given: Mapping[str, Any]
) -> Iterator[str]:
    parameter = recipe.tunable.get(given.get("name", ""))
    where = f"solutionConfig.hpoConfig.algorithmHyperParameterRanges.{member}[{given.get('name')}]"
    if parameter is None:
        yield f"{where} cannot be tuned: the tunable hyperparameters are {', '.join(recipe.tunable)}"
    elif not isinstance(parameter, kind):
        yield f"{where} is of another kind: its values are {parameter.allowed}"
    elif isinstance(parameter, Choice):
        values = given.get("values", [])
        if not values or not all(parameter.admits(value) for value in values):
            yield f"{where} must have values that are {parameter.allowed}, not {values}"
    else:
        least, most = given.get("minValue", parameter.least), given.get("maxValue", parameter.most)
        if not parameter.least <= least <= most <= parameter.most:
            yield f"{where} must be a range within {parameter.least:g} to {parameter.most:g}, not {least:g} to {most:g}"
