"""The freshness DAG as Airflow runs it, against a real S3 server, the local Personalize and a mail server."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import DAG

from include.config import DatasetGroup, load_file
from include.datasets.night import written
from include.datasets.night.places import NightPlaces
from include.demo.environment import Addresses
from tests.dags.promotions import MOVIES, connected
from tests.dags.running import ended_run
from tests.include.datasets.nights import night
from tests.include.local_personalize.running import Server
from tests.include.local_personalize.shop import LocalShop, trained_shop
from tests.mails import taken


@dataclass
class Watched:
    """A shop with a campaign, the DAG that watches it, and the mails it was sent."""

    group: DatasetGroup
    dag: DAG
    server: Server
    s3: Any
    mail_folder: Path

    def live(self, days: float) -> None:
        self.server.http("PUT", "/_local/clock", json={"offset_days": days}).raise_for_status()

    def imported(self) -> None:
        """Record an import of now."""
        facts = {"channel": "import", "rows_read": 1_000, "rows_imported": 1_000}
        done = night(recorded_at=datetime.now(UTC).isoformat(), **facts)
        written.write_record(self.s3, NightPlaces(self.group.storage, "interactions", done.run_key), done)

    def run(self) -> tuple[str, Any]:
        """Run the DAG, and return its one task's state and answer."""
        (task,) = ended_run(self.dag).get_task_instances()
        return str(task.state), task.xcom_pull()

    def mails(self) -> list[tuple[str, str]]:
        """Subject and body of the mails since the last look."""
        return taken(self.mail_folder)


@pytest.fixture
def watched(
    airflow_database: None,  # noqa: ARG001 - runs are kept in it
    own_server: Callable[..., Server],
    shop_of: Callable[[Server], LocalShop],
    s3_address: Addresses,
    s3: Any,
    bucket: str,
    tmp_path: Path,
) -> Iterator[Watched]:
    server = own_server()
    shop = shop_of(server)
    campaign = shop.settled("campaign", shop.campaign(trained_shop(shop).version))["name"]
    text = MOVIES.read_text().replace("s3://movies-workspace", f"s3://{bucket}/workspace")
    (tmp_path / "groups").mkdir()
    file = tmp_path / "groups/movies.yaml"
    file.write_text(text.replace("        name: movies-for-you", f"        name: {campaign}"))
    with connected(server, s3_address, tmp_path / "groups", tmp_path) as mails:
        from dags.watch_freshness import watch_freshness  # noqa: PLC0415 - it reads the settings

        group = load_file(file)
        yield Watched(group, watch_freshness(group), server, s3, mails)


# Airflow runs a DAG in one process by starlette's own test client.
@pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient` is deprecated")
def test_the_watch_is_quiet_until_something_is_too_old_and_then_mails_once(
    watched: Watched,
) -> None:
    state, _ = watched.run()
    assert state == "skipped"

    watched.imported()
    state, (data, version) = watched.run()
    assert state == "success"
    assert re.match(r"The newest interactions were imported \d minutes? ago", data)
    assert re.search(r" serves a version created \d minutes? ago", version)
    assert watched.mails() == []

    watched.live(days=10)
    state, _ = watched.run()
    assert state == "failed"
    ((subject, body),) = watched.mails()
    assert subject == "[airflow] movies.watch_freshness: needs a look"
    assert "<p>The newest interactions were imported 10 days ago" in body
    assert " serves a version created 10 days ago" in body
