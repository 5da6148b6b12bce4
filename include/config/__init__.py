"""Dataset groups as users write them: YAML in, typed and frozen values out; a typo is found where DAGs are parsed."""

from include.config.backtest import Backtest
from include.config.campaigns import Campaign, Probe
from include.config.checks import Checks, Threshold
from include.config.datasets import Dataset
from include.config.groups import Alerts, DatasetGroup, Freshness, Prices, Storage
from include.config.reading import ConfigError, load, load_file
from include.config.schemas import DatasetType
from include.config.solutions import Braze, Cadence, Export, Gate, Solution
from include.config.sources import AthenaSource, S3Source, Source, SqlSource
from include.config.training_data import TrainingData

__all__ = [
    "Alerts",
    "AthenaSource",
    "Backtest",
    "Braze",
    "Cadence",
    "Campaign",
    "Checks",
    "ConfigError",
    "Dataset",
    "DatasetGroup",
    "DatasetType",
    "Export",
    "Freshness",
    "Gate",
    "Prices",
    "Probe",
    "S3Source",
    "Solution",
    "Source",
    "SqlSource",
    "Storage",
    "Threshold",
    "TrainingData",
    "load",
    "load_file",
]
