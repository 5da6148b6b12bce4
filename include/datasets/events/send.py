"""The sending of a night's rows by PutEvents."""

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

from botocore.exceptions import ClientError
from tenacity import retry, retry_if_exception, stop_after_delay, wait_random_exponential

from include.datasets.events.event import Event, Row, UnsendableError, digest, event_of
from include.datasets.events.pace import Pace
from include.datasets.events.progress import Progress, Refused, Sent

NumberedRow = tuple[int, Row]

EVENTS_A_CALL = 10
CALLS_A_SAVE = 25
PER_SECOND = 500.0  # half of what a dataset group takes, which leaves room for the shop's own events
THROTTLED = ("ThrottlingException", "Throttling", "TooManyRequestsException", "LimitExceededException")


class EventsRefusedError(Exception):
    """PutEvents takes none of a call's events, for a reason that no retry mends; the message has the service's own."""


def send(
    client: Any,
    tracking_id: str,
    rows: Iterable[NumberedRow],
    *,
    dataset_group: str,
    night: str,
    progress: Progress,
    per_second: float = PER_SECOND,
) -> Sent:
    """Send rows, always in the same order, from where an earlier attempt got to; each is one event in the end.

    A row that is sent again has the eventId it had before, which Personalize counts once. Rows that PutEvents does not
    take are in the answer's `refused`. Raises EventsRefusedError, and the client's own errors; what was sent until then
    is saved now and then, and need not be sent again.
    """
    sent, pace = progress.load(), Pace(per_second)
    progress.save(sent)
    for number, together in enumerate(_calls(itertools.islice(rows, sent.rows, None)), 1):
        events, refused = _events(together, dataset_group)
        if events:
            pace.keep(len(events))
            user = together[0][1]["USER_ID"]
            request = {"trackingId": tracking_id, "userId": user, "sessionId": digest(dataset_group, night, user)}
            try:
                _put(client, {**request, "eventList": events})
            except client.exceptions.InvalidInputException as error:
                raise EventsRefusedError(
                    f"PutEvents takes none of the rows {sent.rows + 1} to {sent.rows + len(together)} of {night}: "
                    f"{error.response['Error']['Message']} {sent.rows} rows before them are done. Mend the cause and "
                    "clear the task: it goes on from there."
                ) from error
        sent = Sent(sent.rows + len(together), (*sent.refused, *refused))
        if number % CALLS_A_SAVE == 0:
            progress.save(sent)
    progress.save(sent)
    return sent


def _calls(rows: Iterator[NumberedRow]) -> Iterator[list[NumberedRow]]:
    """A call has one user, and so many events."""
    for _, of_a_user in itertools.groupby(rows, key=lambda numbered: numbered[1]["USER_ID"]):
        while together := list(itertools.islice(of_a_user, EVENTS_A_CALL)):
            yield together


def _events(rows: list[NumberedRow], dataset_group: str) -> tuple[list[Event], list[Refused]]:
    events, refused = [], []
    for number, row in rows:
        try:
            events.append(event_of(row, dataset_group))
        except UnsendableError as error:
            refused.append(Refused(number, dict(row), str(error)))
    return events, refused


def _is_throttled(error: BaseException) -> bool:
    return isinstance(error, ClientError) and error.response["Error"]["Code"] in THROTTLED


@retry(
    retry=retry_if_exception(_is_throttled),
    wait=wait_random_exponential(multiplier=0.25, max=20),
    stop=stop_after_delay(600),
    reraise=True,
)
def _put(client: Any, request: dict[str, Any]) -> None:
    client.put_events(**request)
