"""The beginning of an order of items that is the same for everyone."""

from collections.abc import Sequence
from itertools import islice

from include.local_personalize.engine.query import Query


def leading(item_ids: Sequence[str], query: Query, but: str = "") -> list[str]:
    """The first ``query.num_results`` items that the query allows, without ``but``."""
    return list(islice((item for item in item_ids if item != but and item in query.allowed), query.num_results))
