"""A shop in a bucket of its own."""

from typing import Any

import pytest

from include.config import Storage
from tests.include.datasets.night.shop import Shop


@pytest.fixture
def shop(s3: Any, bucket: str) -> Shop:
    return Shop(
        s3, Storage(incoming=f"s3://{bucket}/in", workspace=f"s3://{bucket}/work", delivery=f"s3://{bucket}/out")
    )
