"""How many users a version is measured on, after nights on a real S3 server."""

from typing import Any

from include import audience
from include.config import Storage
from tests.include.datasets.night.shop import Shop, events


def test_a_tenth_of_the_users_with_interactions(s3: Any, bucket: str) -> None:
    storage = Storage(incoming=f"s3://{bucket}/in", workspace=f"s3://{bucket}/work", delivery=f"s3://{bucket}/out")
    shop = Shop(s3, storage)
    shop.settings = {"small_night": "events"}
    assert audience.held_out_users(s3, storage) is None
    shop.drop("users/1.csv", [f"reader{number},30" for number in range(100)])
    shop.night("1", "users")
    for night in range(2):  # u0 to u29, then u20 to u49: 50 users
        shop.drop(
            f"interactions/{night}.csv", events(60, who=lambda number, first=20 * night: f"u{first + number % 30}")
        )
        shop.night(str(night))

    assert audience.held_out_users(s3, storage) == 5
