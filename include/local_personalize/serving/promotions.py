"""Promoted items among the recommended ones."""

import random
from collections.abc import Sequence
from typing import Any

Item = dict[str, Any]


def places(percent: int, count: int) -> int:
    """How many of ``count`` items are promoted ones: the percentage, rounded half up."""
    return (count * percent + 50) // 100


def mixed(recommended: Sequence[Item], promoted: Sequence[Item], count: int, order: random.Random) -> list[Item]:
    """``promoted`` items at random places among the best others, both in their own order; ``count`` at most."""
    taken = {item["itemId"] for item in promoted}
    others = [item for item in recommended if item["itemId"] not in taken][: count - len(promoted)]
    at = set(order.sample(range(len(others) + len(promoted)), len(promoted)))
    first, second = iter(promoted), iter(others)
    return [next(first if place in at else second) for place in range(len(others) + len(promoted))]
