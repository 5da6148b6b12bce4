"""The freshness DAG as Airflow runs it, against a real S3 server, the local Personalize and a mail server."""

import email
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox
from airflow.sdk import DAG

from include.config import DatasetGroup, load_file
from include.datasets.night import written
from include.datasets.night.places import NightPlaces
from include.demo.environment import Addresses
from include.demo.ports import HOST, Ports
from tests.include.datasets.nights import night
from tests.include.local_personalize.running import REGION, Server
from tests.include.local_personalize.shop import LocalShop, trained_shop

MOVIES = Path(__file__).parents[2] / "include/dataset_groups/movies.yaml"


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
        """Run the DAG, call what Airflow calls if it fails, and return its one task's state and answer."""
        run = self.dag.test()
        (task,) = run.get_task_instances()
        if run.state == "failed":
            for callback in [*self.dag.on_failure_callback, *self.dag.get_task(task.task_id).on_failure_callback]:
                callback({"dag": self.dag, "ti": task, "run_id": run.run_id, "reason": "task_failure"})
        return str(task.state), task.xcom_pull()

    def mails(self) -> list[tuple[str, str]]:
        """Subject and body."""
        messages = [email.message_from_bytes(file.read_bytes()) for file in self.mail_folder.iterdir()]
        bodies = [
            next(part for part in message.walk() if part.get_content_type() == "text/html") for message in messages
        ]
        return [
            (str(message["Subject"]), body.get_payload(decode=True).decode())
            for message, body in zip(messages, bodies, strict=True)
        ]


@pytest.fixture
def watched(
    airflow_database: None,  # noqa: ARG001 - runs are kept in it
    own_server: Callable[..., Server],
    shop_of: Callable[[Server], LocalShop],
    s3_address: Addresses,
    s3: Any,
    bucket: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Watched]:
    server = own_server()
    shop = shop_of(server)
    campaign = shop.settled("campaign", shop.campaign(trained_shop(shop).version))["name"]
    text = MOVIES.read_text().replace("s3://movies-workspace", f"s3://{bucket}/workspace")
    (tmp_path / "groups").mkdir()
    file = tmp_path / "groups/movies.yaml"
    file.write_text(text.replace("        name: movies-for-you", f"        name: {campaign}"))
    connection = {"conn_type": "aws", "login": s3_address.access_key, "password": s3_address.secret_key}
    settings = {
        "PERSONALIZE_DATASET_GROUPS": str(tmp_path / "groups"),
        "AWS_ENDPOINT_URL_S3": s3_address.s3,
        "AIRFLOW_CONN_AWS_DEFAULT": json.dumps(connection | {"extra": {"region_name": REGION}}),
    }
    settings |= {f"AWS_ENDPOINT_URL_{name}": f"http://127.0.0.1:{server.port}" for name in ("PERSONALIZE", "STS")}
    with Ports() as ports:
        mail_server = Controller(Mailbox(str(tmp_path / "mails")), hostname=HOST, port=ports.take())
        mail_server.start()
        extra = {"from_email": "airflow@example.com", "disable_tls": True, "disable_ssl": True}
        mail = {"conn_type": "smtp", "host": HOST, "port": mail_server.port, "extra": extra}
        for key, value in (settings | {"AIRFLOW_CONN_SMTP_DEFAULT": json.dumps(mail)}).items():
            monkeypatch.setenv(key, value)
        from dags.watch_freshness import watch_freshness  # noqa: PLC0415 - it reads the settings

        group = load_file(file)
        yield Watched(group, watch_freshness(group), server, s3, tmp_path / "mails/new")
        mail_server.stop()


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
