"""A trained shop on the shared server of the local Personalize."""

from types import SimpleNamespace

import pytest

from tests.include.local_personalize.shop import LocalShop, trained_shop


@pytest.fixture(scope="session")
def trained(shop: LocalShop) -> SimpleNamespace:
    """A group with checkerboard data and a FULL version that is ACTIVE; tests may add to it, not delete."""
    return trained_shop(shop)
