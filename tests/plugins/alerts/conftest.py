"""A mail server of the tests' own."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox

from include.demo.ports import HOST, Ports


@pytest.fixture
def mails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a mail server that keeps what it is sent."""
    with Ports() as ports:
        server = Controller(Mailbox(str(tmp_path / "mails")), hostname=HOST, port=ports.take())
        server.start()
        extra = {"from_email": "airflow@example.com", "disable_tls": True, "disable_ssl": True}
        connection = {"conn_type": "smtp", "host": HOST, "port": server.port, "extra": extra}
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(connection))
        yield tmp_path / "mails/new"
        server.stop()
