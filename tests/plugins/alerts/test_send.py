"""Messages as real servers of mail and of HTTP receive them."""

import json
import threading
from collections.abc import Iterator
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from alerts.message import Message
from alerts.send import send
from include.demo.ports import HOST, Ports

MESSAGE = Message(
    "[airflow] shop: blocked (home)",
    ("Blocked: 3 < 4 & <!channel> {{ 6 * 7 }}.",),
    table="metric  <this>",
    links={"Log": "http://airflow/log?a=1&b=2"},
)


@pytest.fixture
def chat(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, Any]]]:
    """What the webhook of connection `chat` is sent: path and JSON; one whose text has REFUSE is refused."""
    heard: list[tuple[str, Any]] = []

    class Webhook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            heard.append((self.path, body))
            self.send_response(403 if "REFUSE" in body["text"] else 200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with HTTPServer((HOST, 0), Webhook) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://{HOST}:{server.server_port}/services/T000/B000/secret"
        monkeypatch.setenv("AIRFLOW_CONN_CHAT", json.dumps({"conn_type": "http", "host": url}))
        yield heard
        server.shutdown()


def test_a_webhook_hears_what_is_mailed_as_slack_reads_it(mails: Path, chat: list[tuple[str, Any]]) -> None:
    send(MESSAGE, ["people@example.com"], "chat")

    assert len(list(mails.iterdir())) == 1
    ((path, body),) = chat
    assert path == "/services/T000/B000/secret"
    assert body == {
        "text": "*[airflow] shop: blocked (home)*\n"
        "Blocked: 3 &lt; 4 &amp; &lt;!channel&gt; {{ 6 * 7 }}.\n"
        "```\nmetric  &lt;this&gt;\n```\n"
        "<http://airflow/log?a=1&amp;b=2|Log>"
    }


def test_a_webhook_that_refuses_is_told_of_in_the_mail(mails: Path, chat: list[tuple[str, Any]]) -> None:
    send(Message("REFUSE", ("Something.",)), ["people@example.com"], "chat")

    (file,) = mails.iterdir()
    (body,) = [part for part in message_from_bytes(file.read_bytes()).walk() if part.get_content_type() == "text/html"]
    told = body.get_payload(decode=True).decode()
    assert len(chat) == 1
    assert "<p>Something.</p>\n<p>Webhook chat did not take this message: AirflowException: 403:Forbidden</p>" in told


def test_a_mail_server_that_is_down_does_not_silence_the_webhook(
    chat: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Ports() as ports:
        extra = {"from_email": "airflow@example.com", "disable_tls": True, "disable_ssl": True, "retry_limit": 1}
        nobody = {"conn_type": "smtp", "host": HOST, "port": ports.take(), "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(nobody))

    send(MESSAGE, ["people@example.com"], "chat")
    with pytest.raises(RuntimeError, match=r"nobody was told\. The mail server did not take this message: .*refused"):
        send(MESSAGE, ["people@example.com"])

    assert len(chat) == 1
