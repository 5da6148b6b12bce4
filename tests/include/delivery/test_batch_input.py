"""Who is asked for, and what is known of the items, after nights on a real S3 server."""

import json
from typing import Any

import pytest

from include.config import Storage
from include.delivery import batch_input, catalog
from include.s3 import Place
from tests.include.datasets.night.shop import Shop, events


@pytest.fixture
def shop(s3: Any, bucket: str) -> Shop:
    return Shop(
        s3, Storage(incoming=f"s3://{bucket}/in", workspace=f"s3://{bucket}/work", delivery=f"s3://{bucket}/out")
    )


def test_every_user_of_every_night_is_asked_for_once(shop: Shop) -> None:
    shop.settings = {"small_night": "events"}
    place = Place.of(shop.storage.workspace) / "batch/input/users.json"
    assert batch_input.write_users(shop.s3, shop.storage, place) == 0
    shop.drop("interactions/1.csv", events(3, who=lambda number: f"u{number % 2 + 1}"))
    shop.night("1")
    shop.drop("interactions/2.csv", events(1, who=lambda _: "ü3"))
    shop.night("2")
    shop.drop("users/1.csv", ["u2,30", "u4,40"])
    shop.night("1", "users")
    shop.drop("users/not yet imported.csv", ["u9,30"])
    shop.gathered(shop.plan("2", "users"))

    count = batch_input.write_users(shop.s3, shop.storage, place)

    lines = shop.s3.get_object(Bucket=place.bucket, Key=place.key)["Body"].read().decode().splitlines()
    assert [json.loads(line) for line in lines] == [{"userId": user} for user in ("u1", "u2", "u4", "ü3")]
    assert count == 4
    assert batch_input.read_users(shop.s3, place) == {"u1", "u2", "u4", "ü3"}


def test_an_item_is_as_its_newest_night_has_it_and_cells_have_their_types(shop: Shop) -> None:
    shop.drop("items/1.csv", ["a,Old,1.5", "b,Both,2"])
    shop.night("1", "items")
    shop.fields["items"] = [*shop.fields["items"], {"name": "YEAR", "type": ["int", "null"]}]
    shop.drop("items/2.csv", ["a,New,,2000"])
    shop.night("2", "items")

    items = shop.dataset("items")
    found = catalog.load(shop.s3, shop.storage, items, {"name": "TITLE", "price": "PRICE", "year": "YEAR"})

    assert found == {
        "a": {"name": "New", "price": None, "year": 2000},
        "b": {"name": "Both", "price": 2.0, "year": None},
    }
    assert catalog.load(shop.s3, shop.storage, None, {}) is None
