"""A shop whose versions are promoted: one that is sound, its UPDATE, and one whose items nobody imported."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from include.config import DatasetGroup, Solution, Storage, load_file
from include.datasets.night import written
from include.datasets.night.places import NightPlaces
from include.demo.environment import Addresses
from include.s3 import upload
from include.training import history
from tests.include.datasets.nights import night
from tests.include.local_personalize.running import REGION, Server
from tests.include.local_personalize.shop import LocalShop, checkerboard
from tests.mails import catcher, taken

MOVIES = Path(__file__).parents[2] / "include/dataset_groups/movies.yaml"


@dataclass
class PromotedShop:
    """The dataset group of a shop with versions to promote, and what became of them."""

    group: DatasetGroup
    shop: LocalShop
    s3: Any
    mail_folder: Path
    sound: str
    update: str
    strange: str

    @property
    def solution(self) -> Solution:
        return self.group.solutions[0]

    @property
    def campaign_arn(self) -> str:
        return f"arn:aws:personalize:{REGION}:123456789012:campaign/{self.solution.campaign_name}"

    def campaign(self) -> dict[str, Any]:
        return self.shop.describe("campaign", self.campaign_arn)

    def records(self) -> list[dict[str, Any]]:
        return history.promotions(self.s3, self.group.storage, self.solution.name)

    def mails(self) -> list[tuple[str, str]]:
        """Subject and body of the mails since the last look."""
        return taken(self.mail_folder)


def write_group(folder: Path, name: str, bucket: str, solutions: list[dict[str, Any]]) -> Path:
    """A dataset group's file, alone in a new folder: the movies' but for its name, its places and its solutions."""
    content = yaml.safe_load(MOVIES.read_text())
    content["dataset_group"]["create"]["name"] = name
    content["storage"] = {place: f"s3://{bucket}/{place}" for place in ("incoming", "workspace", "delivery")}
    content["solutions"] = solutions
    folder.mkdir()
    file = folder / "shop.yaml"
    file.write_text(yaml.safe_dump(content))
    return file


@contextmanager
def connected(server: Server, s3_address: Addresses, files: Path, folder: Path) -> Iterator[Path]:
    """Until the end, DAGs are those of the files, hooks speak to the server, and mails go to the folder given.

    That folder is below `folder`.
    """
    connection = {"conn_type": "aws", "login": s3_address.access_key, "password": s3_address.secret_key}
    settings = {
        "PERSONALIZE_DATASET_GROUPS": str(files),
        "AIRFLOW__AMAZON_PERSONALIZE__WAITER_DELAY": "1",
        "AWS_ENDPOINT_URL_S3": s3_address.s3,
        "AIRFLOW_CONN_AWS_DEFAULT": json.dumps(connection | {"extra": {"region_name": REGION}}),
    }
    for service in ("PERSONALIZE", "PERSONALIZE_RUNTIME", "STS"):
        settings[f"AWS_ENDPOINT_URL_{service}"] = f"http://127.0.0.1:{server.port}"
    with catcher(folder) as (smtp, mails), pytest.MonkeyPatch.context() as monkeypatch:
        for key, value in (settings | {"AIRFLOW_CONN_SMTP_DEFAULT": smtp}).items():
            monkeypatch.setenv(key, value)
        yield mails


@contextmanager
def promoted_shop(shop: LocalShop, s3_address: Addresses, s3: Any, bucket: str, folder: Path) -> Iterator[PromotedShop]:
    """Train the versions, record that the sound one's users and items were imported, and catch mails.

    The solution may have the challenger that the movies' file tells of.

    Until the end, hooks speak to the server and mails go to the folder.
    """
    dataset_group = shop.group()
    interactions = shop.dataset(dataset_group, "Interactions")
    shop.import_lines(interactions, checkerboard())
    solution = shop.solution(dataset_group)
    sound, update = shop.version(solution), shop.version(solution, "UPDATE")
    shop.import_lines(interactions, [line.replace(",i", ",x") for line in checkerboard()])
    strange = shop.version(solution)
    s3.create_bucket(Bucket=bucket)
    text = MOVIES.read_text().replace("s3://movies-", f"s3://{bucket}/").replace("# challenger: {", "challenger: {")
    text = text.replace("{name: movies}", f"{{name: {dataset_group.rpartition('/')[2]}}}")
    file = folder / "groups/movies.yaml"
    file.parent.mkdir()
    file.write_text(text.replace("name: movies-for-you", f"name: {solution.rpartition('/')[2]}"))
    with connected(shop.server, s3_address, file.parent, folder) as mail_folder:
        group = load_file(file)
        import_checkerboard(s3, group.storage, folder)
        yield PromotedShop(group, shop, s3, mail_folder, sound, update, strange)


def import_checkerboard(s3: Any, storage: Storage, folder: Path) -> None:
    """Record a night that imported the checkerboard's users and items."""
    places = NightPlaces(storage, "interactions", night().run_key)
    known = {}
    for column, ids in {"USER_ID": [f"u{n}" for n in range(60)], "ITEM_ID": [f"i{n}" for n in range(30)]}.items():
        file = folder / f"{column}.parquet"
        pq.write_table(pa.table({column: ids}), file)
        known[column] = upload(s3, file, places.known(column))
    written.write_record(s3, places, night(known=known, recorded_at=datetime.now(UTC).isoformat()))
