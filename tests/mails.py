"""A mail server of the tests' own, and what it caught."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox

from include.demo.ports import HOST, Ports


@contextmanager
def catcher(folder: Path) -> Iterator[tuple[str, Path]]:
    """Catch mails below a folder; yields the Airflow connection that sends there, and the folder of the mails."""
    with Ports() as ports:
        server = Controller(Mailbox(str(folder / "mails")), hostname=HOST, port=ports.take())
        server.start()
        extra = {"from_email": "airflow@example.com", "disable_tls": True, "disable_ssl": True}
        yield json.dumps({"conn_type": "smtp", "host": HOST, "port": server.port, "extra": extra}), folder / "mails/new"
        server.stop()


def taken(mails: Path) -> list[tuple[str, str]]:
    """Subject and body of the mails in a folder, which is then empty."""
    found = []
    for file in mails.iterdir():
        message = message_from_bytes(file.read_bytes())
        body: Any = next(part for part in message.walk() if part.get_content_type() == "text/html")
        found.append((str(message["Subject"]), body.get_payload(decode=True).decode()))
        file.unlink()
    return found
