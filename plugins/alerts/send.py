"""The one place through which messages leave: by mail and, where there is one, by a webhook.

Another way to tell people, such as a provider's own notifier, is one more line in `ways` below: it is handed every
message there is, and what one way refuses does not keep the others from being tried.
"""

from collections.abc import Callable
from typing import Any

from airflow.providers.http.hooks.http import HttpHook
from airflow.providers.smtp.notifications.smtp import SmtpNotifier

from alerts.message import HTML, Message

PATIENCE = 20  # seconds


def send(message: Message, to: list[str], webhook: str | None = None) -> None:
    """Send a message by every way there is.

    webhook: the id of an Airflow connection of type http, whose host is the webhook's whole address. It is sent JSON
    with the one member "text", as Slack's incoming webhooks want it.
    Raises RuntimeError that tells every way that failed, once all were tried.
    """
    ways: dict[str, Callable[[], None]] = {"the mail server": lambda: _mail(message, to)}
    if webhook:
        ways[f"webhook {webhook}"] = lambda: _post(message, webhook)
    refused = []
    for way, go in ways.items():
        try:
            go()
        except Exception as error:
            refused.append(f"{way}: {type(error).__name__}: {error}")
    if refused:
        raise RuntimeError(f"{message.subject} could not be sent by {'; '.join(refused)}")


def _mail(message: Message, to: list[str]) -> None:
    """The text is handed over as a variable: as a template, what users wrote in it would be run.

    A new notifier each time, because rendering changes a notifier's text for good.
    """
    notifier: Any = SmtpNotifier(to=to, subject="{{ message.subject }}", html_content=HTML)
    notifier({"message": message})


def _post(message: Message, webhook: str) -> None:
    hook = HttpHook(method="POST", http_conn_id=webhook)
    hook.run(json={"text": message.chat}, extra_options={"timeout": PATIENCE})
