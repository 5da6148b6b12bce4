"""What else moves the chances of an item: the reward of a solution's objective, and the context of a request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from include.local_personalize.engine import storage, training_columns
from include.local_personalize.engine.data import Training, TrainingError
from include.local_personalize.engine.histories import Floats, Int32s
from include.local_personalize.engine.personalization import context
from include.local_personalize.engine.personalization.context import Context
from include.local_personalize.engine.query import Query

# What a standard deviation of the reward counts as a logit; one of transitions counts 0.5, see blend_search.SHARPNESS.
SENSITIVITIES = {"OFF": 0.0, "LOW": 0.1, "MEDIUM": 0.25, "HIGH": 0.5}
DEFAULT_SENSITIVITY = "MEDIUM"


@dataclass(frozen=True)
class Additions:
    """``reward`` is added to the logit of each item that the weights know, whatever the query; None: nothing is."""

    context: Context
    reward: Floats | None = None

    def of(self, query: Query) -> Floats | None:
        """What is added to the logit of each item; None where nothing is."""
        added = self.context.added(query.context) if query.context else None
        if self.reward is None or added is None:
            return added if self.reward is None else self.reward
        return added + self.reward

    def saved(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Header and arrays that ``restored`` takes."""
        header, arrays = context.saved(self.context)
        return header, arrays | ({} if self.reward is None else {"reward": self.reward})


NOTHING = Additions(Context({}))


def restored(header: Mapping[str, Any], arrays: storage.Arrays, item_count: int) -> Additions:
    """What ``saved`` gave."""
    return Additions(context.restored(header, arrays, item_count), arrays.get("reward"))


def learnt(training: Training) -> Additions:
    """What the interactions say of context, and what the objective of the solutionConfig asks for.

    TrainingError where the objective's column is none of numbers, or has no value for an item.
    """
    values = objective_values(training)
    reward = None
    if values is not None:
        sensitivity = training.config["optimizationObjective"].get("objectiveSensitivity", DEFAULT_SENSITIVITY)
        known = np.array([values.get(item, np.nan) for item in training.histories.item_ids])
        reward = SENSITIVITIES[sensitivity] * _standardised(known)
    return Additions(Context(_context_columns(training)), reward)


def objective_values(training: Training) -> dict[str, float] | None:
    """The objective's value of each item in the Items dataset; None where the solutionConfig has no objective. Errors
    are those of ``learnt``.
    """
    objective = training.config.get("optimizationObjective")
    if not objective:
        return None
    attribute = objective["itemAttribute"]
    items = training.data.items
    if items is None or attribute not in items.column_names:
        raise TrainingError(f"Create failed. The objective's attribute {attribute} is no column of the Items dataset.")
    column = items[attribute]
    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        raise TrainingError(f"Create failed. The objective's attribute {attribute} must be numeric.")
    if column.null_count:
        raise TrainingError(f"Create failed. The objective's attribute {attribute} has no value for some items.")
    return dict(zip(items["ITEM_ID"].to_pylist(), column.cast(pa.float64()).to_pylist(), strict=True))


def _standardised(values: Floats) -> Floats:
    """Mean 0 and deviation 1; items without metadata count as the mean."""
    described = values[np.isfinite(values)]
    if not len(described) or described.std() == 0:
        return np.zeros(len(values))
    standard: Floats = np.nan_to_num((values - described.mean()) / described.std())
    return standard


def _context_columns(training: Training) -> dict[str, context.ContextColumn]:
    names = training_columns.chosen(training.data.context_columns, training.config, "INTERACTIONS")
    if not names:
        return {}
    interactions = training.interactions
    numbers = {item: number for number, item in enumerate(training.histories.item_ids)}
    item_codes, item_values = _encoded(interactions["ITEM_ID"])
    items = np.array([numbers[value] for value in item_values], np.int32)[item_codes]
    columns = {}
    for name in names:
        given = np.flatnonzero(pc.is_valid(interactions[name]).to_numpy(zero_copy_only=False))
        codes, values = _encoded(interactions[name].filter(pc.is_valid(interactions[name])))
        column = context.fit_column(values, codes, items[given], len(numbers)) if len(given) else None
        if column is not None:
            columns[name] = column
    return columns


def _encoded(column: pa.ChunkedArray) -> tuple[Int32s, list[str]]:
    """Positions in the different values, and those in alphabetical order."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    encoded = column.combine_chunks().dictionary_encode()
    values = encoded.dictionary.to_pylist()
    order = sorted(range(len(values)), key=values.__getitem__)
    rank = np.empty(len(values), np.int32)
    rank[order] = np.arange(len(values))
    return rank[encoded.indices.to_numpy()], [values[at] for at in order]
