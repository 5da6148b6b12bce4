"""Who is asked for, and what is known of the items, read back from staged nights on a real S3 server."""

import json
from typing import Any

import pytest

from include.config import Dataset
from include.config.groups import Storage
from include.delivery import batch_input, catalog
from include.s3 import Place
from include.workspace import record_import


@pytest.fixture
def storage(bucket: str) -> Storage:
    return Storage(incoming=f"s3://{bucket}/in", workspace=f"s3://{bucket}/work", delivery=f"s3://{bucket}/out")


def staged(s3: Any, storage: Storage, dataset_type: str, night: str, *lines: str) -> None:
    folder = Place.of(storage.workspace) / "staged" / dataset_type / night
    s3.put_object(Bucket=folder.bucket, Key=(folder / f"{dataset_type}.csv").key, Body="\n".join(lines) + "\n")
    record_import(s3, storage, dataset_type, night, {"location": f"{folder}/", "sources": []})


def test_every_user_of_every_night_is_asked_for_once(s3: Any, storage: Storage) -> None:
    staged(s3, storage, "interactions", "1", "USER_ID,ITEM_ID,TIMESTAMP", "u1,i,1", "u2,i,2", "u1,i,3")
    staged(s3, storage, "interactions", "2", "USER_ID,ITEM_ID,TIMESTAMP", "ü3,i,4")
    staged(s3, storage, "users", "1", "USER_ID,AGE", "u2,30", "u4,40")
    place = Place.of(storage.workspace) / "batch/input/users.json"

    count = batch_input.write_users(s3, storage, place)

    lines = s3.get_object(Bucket=place.bucket, Key=place.key)["Body"].read().decode().splitlines()
    assert [json.loads(line) for line in lines] == [{"userId": user} for user in ("u1", "u2", "u4", "ü3")]
    assert count == 4
    assert batch_input.read_users(s3, place) == {"u1", "u2", "u4", "ü3"}


def test_an_item_is_as_its_newest_night_has_it_and_cells_have_their_types(s3: Any, storage: Storage) -> None:
    staged(s3, storage, "items", "1", "ITEM_ID,TITLE,PRICE,YEAR", "a,Old,1.5,1999", "b,Both,2,")
    staged(s3, storage, "items", "2", "ITEM_ID,TITLE,PRICE,YEAR", "a,New,,2000")
    fields = [
        {"name": "ITEM_ID", "type": "string"},
        {"name": "TITLE", "type": "string"},
        {"name": "PRICE", "type": ["float", "null"]},
        {"name": "YEAR", "type": ["int", "null"]},
    ]

    found = catalog.load(s3, storage, Dataset(schema=fields), {"name": "TITLE", "price": "PRICE", "year": "YEAR"})

    assert found == {
        "a": {"name": "New", "price": None, "year": 2000},
        "b": {"name": "Both", "price": 2.0, "year": None},
    }
    assert catalog.load(s3, storage, None, {}) is None
