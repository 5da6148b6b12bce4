"""Putting files where a shop's own systems would: below the incoming place of its dataset group."""

from pathlib import Path
from typing import Any

from include.demo.nights import Part
from include.demo.shop import Shop
from include.s3 import Place


def make_buckets(s3: Any, shop: Shop) -> None:
    """Create the buckets of the shop."""
    for bucket in sorted(shop.buckets):
        s3.create_bucket(Bucket=bucket)


def upload(s3: Any, shop: Shop, part: Part, folder: Path) -> list[str]:
    """Write a part's files and put each at <incoming>/<kind>/<part>/<kind>.csv; return their S3 addresses."""
    places = []
    for kind, file in part.write(folder).items():
        place = Place.of(shop.group.storage.incoming) / f"{kind}/{part.name}/{kind}.csv"
        s3.upload_file(str(file), place.bucket, place.key)
        places.append(str(place))
    return places
