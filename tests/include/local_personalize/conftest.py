"""A trained shop on the shared server of the local Personalize."""

from types import SimpleNamespace

import pytest

from tests.include.local_personalize.shop import Shop, checkerboard


@pytest.fixture(scope="session")
def trained(shop: Shop) -> SimpleNamespace:
    """A group with checkerboard data and a FULL version that is ACTIVE; tests may add to it, not delete."""
    group = shop.group()
    interactions = shop.dataset(group, "Interactions")
    assert shop.import_lines(interactions, checkerboard())["status"] == "ACTIVE"
    solution = shop.solution(group)
    version = shop.version(solution)
    return SimpleNamespace(group=group, interactions=interactions, solution=solution, version=version)
