"""Which items have an attribute: the metadata that training saw, so that segments do not need the dataset."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from include.local_personalize.engine import item_features
from include.local_personalize.engine.data import Training, TrainingError
from include.local_personalize.engine.histories import Int32s
from include.local_personalize.engine.segments.expression import Condition

RESERVED = "CREATION_TIMESTAMP"
NO_ATTRIBUTES = (
    "Create failed. The recipe needs an Items dataset with at least one column that is neither textual nor reserved."
)

Value = str | float


@dataclass(frozen=True)
class Attributes:
    """``names`` are pairs of a field, in upper case, and a value; ``items[starts[n]:starts[n + 1]]`` are the numbers
    of the items, in ascending order, that have the n-th.
    """

    names: list[tuple[str, Value]]
    starts: Int32s
    items: Int32s

    def of(self, name: int) -> Int32s:
        """The items that have the attribute with this number."""
        return self.items[self.starts[name] : self.starts[name + 1]]

    def matching(self, conditions: Sequence[Condition]) -> Int32s:
        """The items that meet all conditions; empty where no item had such a value at training."""
        numbers = {name: number for number, name in enumerate(self.names)}
        found: Int32s | None = None
        for condition in conditions:
            number = numbers.get((condition.field, condition.value))
            items = self.of(number) if number is not None else np.empty(0, np.int32)
            found = items if found is None else np.intersect1d(found, items, assume_unique=True)
        return found if found is not None else np.empty(0, np.int32)


def gather(training: Training) -> Attributes:
    """The attributes of the items that have interactions; raises TrainingError where there can be none."""
    data = training.data
    kinds = item_features.columns(data, training.config)
    kinds = {name: kind for name, kind in kinds.items() if kind != item_features.TEXTUAL and name.upper() != RESERVED}
    if data.items is None or not kinds:
        raise TrainingError(NO_ATTRIBUTES)
    number_of = {item: number for number, item in enumerate(training.histories.item_ids)}
    # The newest record of an item is the last.
    rows = {number_of[item]: row for row, item in enumerate(data.items["ITEM_ID"].to_pylist()) if item in number_of}
    having: dict[tuple[str, Value], list[int]] = {}
    for name, kind in kinds.items():
        values = data.items[name].to_pylist()
        for number in sorted(rows):
            for value in _values(values[rows[number]], kind):
                having.setdefault((name.upper(), value), []).append(number)
    if not having:
        raise TrainingError(NO_ATTRIBUTES)
    lengths = [len(items) for items in having.values()]
    items = np.concatenate([np.array(items, np.int32) for items in having.values()])
    return Attributes(list(having), np.concatenate(([0], np.cumsum(lengths))).astype(np.int32), items)


def _values(cell: Any, kind: str) -> list[Value]:
    """The different values of a cell: several of a categorical one are joined by |."""
    if cell is None:
        return []
    if kind == item_features.NUMERIC:
        return [float(cell)]
    return list(dict.fromkeys(each for each in str(cell).split(item_features.SEPARATOR) if each))
