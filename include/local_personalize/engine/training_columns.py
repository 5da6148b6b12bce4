"""Which columns of a dataset train."""

from collections.abc import Iterable, Mapping
from typing import Any


def chosen(names: Iterable[str], solution_config: Mapping[str, Any], dataset_type: str) -> list[str]:
    """Those of a dataset's columns that the trainingDataConfig of a solutionConfig includes, or does not exclude."""
    selection = solution_config.get("trainingDataConfig", {})
    included = _of_dataset(selection.get("includedDatasetColumns", {}), dataset_type)
    excluded = _of_dataset(selection.get("excludedDatasetColumns", {}), dataset_type) or set()
    return [name for name in names if name not in excluded and (included is None or name in included)]


def _of_dataset(by_dataset: Mapping[str, Iterable[str]], dataset_type: str) -> set[str] | None:
    """Dataset types may be written in any case; None where none is this one."""
    named = [set(names) for dataset, names in by_dataset.items() if dataset.upper() == dataset_type]
    return set().union(*named) if named else None
