"""Dataset groups as users write them: YAML in, typed and frozen values out; a typo is found where DAGs are parsed."""

from include.config.groups import Dataset, DatasetGroup, DatasetType, Export, Gate, Solution
from include.config.reading import ConfigError, load, load_file

__all__ = ["ConfigError", "Dataset", "DatasetGroup", "DatasetType", "Export", "Gate", "Solution", "load", "load_file"]
