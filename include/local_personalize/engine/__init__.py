"""Recipes that really train: data in, models and offline metrics out. It knows nothing of the service around it."""

from include.local_personalize.engine.catalogue import CATALOGUE, Recipe, UseCase, check_solution_config
from include.local_personalize.engine.data import TrainingData, TrainingError
from include.local_personalize.engine.exploration import Exploration
from include.local_personalize.engine.offered import DOMAIN_RECIPES, RECIPES
from include.local_personalize.engine.query import EVERYTHING, Allowed, Query, StreamedEvent
from include.local_personalize.engine.ranking import Model, Ranking, Trained
from include.local_personalize.engine.training import load, takes_newer_alone, train, update

__all__ = [
    "CATALOGUE",
    "DOMAIN_RECIPES",
    "EVERYTHING",
    "RECIPES",
    "Allowed",
    "Exploration",
    "Model",
    "Query",
    "Ranking",
    "Recipe",
    "StreamedEvent",
    "Trained",
    "TrainingData",
    "TrainingError",
    "UseCase",
    "check_solution_config",
    "load",
    "takes_newer_alone",
    "train",
    "update",
]
