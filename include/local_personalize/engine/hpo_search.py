"""A search for the best hyperparameters within ranges, in a given number of trials.

The first trial takes the defaults. The next ones, half of all, are a Latin hypercube, so that each range is seen from
end to end. The others change the best known values by steps that grow smaller and smaller.
"""

from collections.abc import Callable, Mapping

import numpy as np
from scipy.stats import qmc

from include.local_personalize.engine.catalogue import Choice, Parameter, WholeNumber
from include.local_personalize.engine.histories import Floats

FIRST_STEP = 0.25  # the standard deviation of a change, as a share of the range
LAST_STEP = 0.05
MOST_REPEATS = 100  # of values that were tried before: then the ranges have nothing new

Values = dict[str, str]


def search(ranges: Mapping[str, Parameter], trials: int, measured: Callable[[Values], float], seed: int) -> Values:
    """The values, as strings, with the largest measure; of equals those that were tried first.

    Each parameter's limits are those of the search, and its default is where to begin. At most ``trials`` different
    values are measured.
    """
    random = np.random.default_rng(seed)
    start = np.array([position(parameter) for parameter in ranges.values()])
    planned = [start, *qmc.LatinHypercube(len(ranges), rng=random).random(trials // 2)]
    tried: set[tuple[str, ...]] = set()
    best_measure, best_values, best_point = -np.inf, dict[str, str](), start
    repeats = 0
    while len(tried) < trials and repeats < MOST_REPEATS:
        point = planned.pop(0) if planned else _near(best_point, len(tried) / trials, random)
        values = {name: value_at(parameter, at) for (name, parameter), at in zip(ranges.items(), point, strict=True)}
        if tuple(values.values()) in tried:
            repeats += 1
            continue
        repeats = 0
        tried.add(tuple(values.values()))
        measure = measured(values)
        if measure > best_measure:
            best_measure, best_values, best_point = measure, values, point
    return best_values


def _near(point: Floats, progress: float, random: np.random.Generator) -> Floats:
    step = FIRST_STEP * (LAST_STEP / FIRST_STEP) ** progress
    near: Floats = np.clip(point + step * random.standard_normal(len(point)), 0, 1)
    return near


def value_at(parameter: Parameter, at: float) -> str:
    """The value at a position from 0, the beginning of a range, to 1, its end."""
    if isinstance(parameter, Choice):
        return parameter.values[min(int(at * len(parameter.values)), len(parameter.values) - 1)]
    if isinstance(parameter, WholeNumber):
        return str(min(parameter.least + int(at * (parameter.most - parameter.least + 1)), parameter.most))
    return f"{parameter.least + at * (parameter.most - parameter.least):.6g}"


def position(parameter: Parameter) -> float:
    """Where a parameter's default is in its range, from 0 to 1."""
    if isinstance(parameter, Choice):
        return (parameter.values.index(parameter.default) + 0.5) / len(parameter.values)
    if isinstance(parameter, WholeNumber):
        return (int(parameter.default) - parameter.least + 0.5) / (parameter.most - parameter.least + 1)
    width = parameter.most - parameter.least
    return (float(parameter.default) - parameter.least) / width if width else 0.0
