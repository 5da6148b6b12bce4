"""What several tests of DAGs begin with."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from include.demo.environment import Addresses
from tests.dags.promotions import PromotedShop, promoted_shop
from tests.include.local_personalize.shop import LocalShop


@pytest.fixture(scope="module")
def promoted(
    shop: LocalShop,
    s3_address: Addresses,
    s3: Any,
    name: Callable[[str], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[PromotedShop]:
    """A shop with versions to promote, of the file's own."""
    with promoted_shop(shop, s3_address, s3, name("bucket"), tmp_path_factory.mktemp("promoted")) as promoted:
        yield promoted
