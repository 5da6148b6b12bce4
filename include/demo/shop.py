"""The shop that the demo runs: its data, and the dataset group file that says what is done with it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from include import config
from include.demo import movielens, nights, own_data
from include.demo.failure import DemoError
from include.demo.nights import Part

MOVIES = "movies.yaml"


@dataclass(frozen=True)
class Shop:
    """A dataset group, where its file lies, and its past in parts: the history and two nights."""

    group: config.DatasetGroup
    files: Path
    tables: dict[str, pd.DataFrame]
    parts: list[Part]

    @property
    def buckets(self) -> set[str]:
        """The S3 buckets that its file names."""
        storage = self.group.storage
        return {uri.split("/")[2] for uri in (storage.incoming, storage.workspace, storage.delivery)}


def movies(state: Path) -> Shop:
    """MovieLens 100K with the repository's own movies.yaml."""
    file = _shipped() / MOVIES
    checked(file)
    tables = movielens.tables(movielens.fetch())
    return _shop(state, yaml.safe_load(file.read_text(encoding="utf-8")), tables, "MovieLens 100K")


def own(state: Path, folder: Path) -> Shop:
    """Someone's own CSV files, with a dataset group made from movies.yaml and the columns found."""
    tables = own_data.read(folder)
    content = yaml.safe_load((_shipped() / MOVIES).read_text(encoding="utf-8"))
    name = _name(folder)
    solution = content["solutions"][0]
    content["dataset_group"]["create"]["name"] = name
    content["storage"] = {part: f"s3://{name}-{part}" for part in ("incoming", "workspace", "delivery")}
    content["datasets"] = {kind: {"schema": own_data.schema(kind, table)} for kind, table in tables.items()}
    solution["create"]["name"] = solution["campaign"]["create"]["name"] = f"{name}-for-you"
    # A floor is known for the shop it was set for; against its own champion every shop can be measured.
    solution["gate"].pop("floors", None)
    return _shop(state, content, tables, str(folder))


def _shop(state: Path, content: dict[str, Any], tables: dict[str, pd.DataFrame], origin: str) -> Shop:
    try:
        parts = nights.split(tables)
    except nights.TooFewInteractionsError as error:
        raise DemoError(f"{origin}: {error}: give more interactions.") from None
    content["schedules"] = half_a_day_away(datetime.now(UTC))
    files = state / "dataset_groups"
    files.mkdir()
    file = files / f"{content['dataset_group']['create']['name']}.yaml"
    file.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return Shop(checked(file), files, tables, parts)


def half_a_day_away(now: datetime) -> dict[str, str]:
    """Cron expressions far from now, so that no nightly run falls into a demo of a few minutes."""
    then = now + timedelta(hours=12)
    daily = f"{then.minute} {then.hour} * * *"
    weekly = f"{then.minute} {then.hour} * * {(then.isoweekday() + 3) % 7}"
    return {"import": daily, "train_full": weekly, "export": daily}


def checked(file: Path) -> config.DatasetGroup:
    """The dataset group of a file.

    Raises DemoError with all that is wrong in it.
    """
    try:
        return config.load_file(file)
    except config.ConfigError as error:
        raise DemoError(str(error)) from None


def _shipped() -> Path:
    return Path(config.__file__).parents[1] / "dataset_groups"


def _name(folder: Path) -> str:
    """The folder's name as a dataset group, a DAG and a bucket may bear it."""
    name = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-")
    return name[:30].rstrip("-") if len(name) >= 3 else f"shop-{name}".rstrip("-")
