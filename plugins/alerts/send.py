"""The one place through which messages leave: by mail and, where there is one, by a webhook.

Another way to tell people, such as a provider's own notifier, is one more line in `ways` below: it is handed every
message there is, and what one way refuses does not keep the others from being tried.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from airflow.providers.smtp.notifications.smtp import SmtpNotifier

from alerts.message import HTML, Message

PATIENCE = 20  # seconds


def send(message: Message, to: list[str], webhook: str | None = None) -> None:
    """Send a message by every way there is; what one refuses is told by those after it, and logged.

    webhook: the id of an Airflow connection of type http, whose host is the webhook's whole address. It is sent JSON
    with the one member "text", as Slack's incoming webhooks want it.
    Raises RuntimeError where nobody was told.
    """
    ways: dict[str, Callable[[Message], None]] = {"The mail server": lambda said: _mail(said, to)}
    if webhook:
        ways = {f"Webhook {webhook}": lambda said: _post(said, webhook), **ways}
    refused: list[str] = []
    for way, go in ways.items():
        try:
            go(replace(message, paragraphs=[*message.paragraphs, *refused]))
        except Exception as error:
            logging.getLogger(__name__).exception("%s did not take: %s", way, message.subject)
            refused.append(f"{way} did not take this message: {type(error).__name__}: {error}")
    if len(refused) == len(ways):
        raise RuntimeError(f"{message.subject}: nobody was told. {' '.join(refused)}")


def _mail(message: Message, to: list[str]) -> None:
    """The text is handed over as a variable: as a template, what users wrote in it would be run.

    A new notifier each time, because rendering changes a notifier's text for good.
    """
    notifier: Any = SmtpNotifier(to=to, subject="{{ message.subject }}", html_content=HTML)
    notifier({"message": message})


def _post(message: Message, webhook: str) -> None:
    # Each task reads its DAG file anew, and aiohttp below this hook would be a tenth of that.
    from airflow.providers.http.hooks.http import HttpHook  # noqa: PLC0415 - see above

    hook = HttpHook(method="POST", http_conn_id=webhook)
    hook.run(json={"text": message.chat}, extra_options={"timeout": PATIENCE})
