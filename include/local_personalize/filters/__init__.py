"""Filters: which items a request may be answered with. Plain data in and out, for the service and for workers."""

from include.local_personalize.filters.checking import check
from include.local_personalize.filters.evaluation import Datasets, allowed, check_values
from include.local_personalize.filters.expression import Filter, InvalidExpression
from include.local_personalize.filters.interactions import Event, Interactions
from include.local_personalize.filters.parsing import parse
from include.local_personalize.filters.records import Records

__all__ = [
    "Datasets",
    "Event",
    "Filter",
    "Interactions",
    "InvalidExpression",
    "Records",
    "allowed",
    "check",
    "check_values",
    "parse",
]
