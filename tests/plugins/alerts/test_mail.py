"""Mails as a real mail server receives them."""

import email
import html
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import DAG

from alerts.mail import on_dag_failure, on_failed_check, on_task_failure, send_report


def context(task_id: str, pushed: dict[str, Any] | None = None, **more: Any) -> Any:
    """What Airflow hands to a callback; `pushed` are the task's XComs, and get those of the callback."""
    xcoms = {} if pushed is None else pushed
    task = SimpleNamespace(
        task_id=task_id,
        map_index=-1,
        try_number=1,
        log_url="http://airflow/log",
        xcom_pull=lambda task_ids, key, map_indexes: (
            xcoms.get(key) if (task_ids, map_indexes) == (task_id, -1) else None
        ),
        xcom_push=lambda key, value: xcoms.update({key: value}),
    )
    return {"dag": DAG("shop.dag", schedule=None), "ti": task, "run_id": "run-1", **more}


def received(folder: Path) -> dict[str, str]:
    """Subject to body, of every mail."""
    messages = [email.message_from_bytes(file.read_bytes()) for file in folder.iterdir()]
    bodies = [next(part for part in message.walk() if part.get_content_type() == "text/html") for message in messages]
    return {
        str(message["Subject"]): body.get_payload(decode=True).decode()
        for message, body in zip(messages, bodies, strict=True)
    }


def test_each_failure_is_told_in_its_own_words(mails: Path) -> None:
    """One callback serves many failures; a notifier kept between them would repeat the first one's text."""
    tell = on_task_failure(["people@example.com"])

    tell(context("train", exception=RuntimeError("no users <at all>")))
    tell(context("judge", exception=RuntimeError("Blocked: worse")))

    told = received(mails)
    assert set(told) == {"[airflow] shop.dag: train failed", "[airflow] shop.dag: judge failed"}
    assert "no users &lt;at all&gt;" in told["[airflow] shop.dag: train failed"]
    assert "Blocked: worse" in told["[airflow] shop.dag: judge failed"]


def test_a_task_that_knows_more_is_told_with_it_and_the_run_says_no_more(mails: Path) -> None:
    more = {
        "subject": "[airflow] shop: blocked (home)",
        "paragraphs": ["Promote it & say why."],
        "table": "metric  <this>\nndcg    0.1",
        "links": {"The form": "http://airflow/dags/promote?a=1&b=2"},
    }
    pushed: dict[str, Any] = {"more": more}

    on_task_failure(["people@example.com"])(context("judge", pushed, exception=RuntimeError("Blocked: worse.")))

    body = received(mails)["[airflow] shop: blocked (home)"]
    assert "<p>Blocked: worse.</p>\n<p>Promote it &amp; say why.</p>" in body
    assert "<pre>metric  &lt;this&gt;\nndcg    0.1</pre>" in body
    assert '<a href="http://airflow/log">Log</a>' in body
    assert '/dags/shop.dag/runs/run-1">Run</a>' in body
    assert '<a href="http://airflow/dags/promote?a=1&amp;b=2">The form</a>' in body
    assert "clear the task" not in body
    assert pushed["told"] == ["judge"]


def test_where_only_reading_is_possible_nothing_is_pushed(mails: Path) -> None:
    """The DAG processor, which tells of lost workers, has no way to push an XCom: waiting for it would hang."""
    pushed: dict[str, Any] = {}

    on_task_failure(["people@example.com"])(context("train", pushed))

    assert pushed == {}
    assert len(received(mails)) == 1


def test_a_worker_that_was_lost_leaves_no_exception_and_is_told_all_the_same(mails: Path) -> None:
    on_task_failure(["people@example.com"])(context("train"))

    assert "The worker was lost" in received(mails)["[airflow] shop.dag: train failed"]


def test_a_failed_run_is_told_too(mails: Path) -> None:
    on_dag_failure(["people@example.com"])(context("train", reason="task_failure"))

    assert "task_failure" in received(mails)["[airflow] shop.dag: run failed"]


@pytest.mark.parametrize(
    ("states", "told", "mailed"),
    [
        ({"probe": "failed", "tell": "failed", "end": "upstream_failed"}, ["probe", "tell"], False),
        (
            {"probe": "failed", "tell": "failed", "judge": "failed"},
            ["probe", "tell"],
            True,
        ),  # judge is another solution's
        ({"probe": "failed", "tell": "failed"}, None, True),  # tell was lost before it mailed
    ],
)
def test_a_run_of_which_a_task_has_mailed_everything_is_not_told_twice(
    mails: Path, states: dict[str, str], told: list[str] | None, mailed: bool
) -> None:
    found = context("probe", reason="task_failure")
    found["ti"].dag_id, found["ti"].run_id = "shop.dag", "run-1"
    found["ti"].get_task_states = lambda **_: {"run-1": states}
    found["ti"].xcom_pull = lambda task_ids, key: [told for task_id in task_ids if (task_id, key) == ("tell", "told")]

    on_dag_failure(["people@example.com"])(found)

    assert (mails.exists() and list(mails.iterdir()) != []) is mailed


def test_a_failed_check_is_told_in_the_sentences_it_found(mails: Path) -> None:
    found = {"found": ["Data is 40 hours old.", "The version <of> a campaign is 10 days old."]}

    on_failed_check(["people@example.com"])(context("check", found))

    body = received(mails)["[airflow] shop.dag: needs a look"]
    assert "<p>Data is 40 hours old.</p>" in body
    assert "The version &lt;of&gt; a campaign is 10 days old." in body
    assert "came to no answer" not in body


def test_a_check_that_was_lost_on_the_way_is_told_too(mails: Path) -> None:
    on_failed_check(["people@example.com"])(context("check"))

    body = received(mails)["[airflow] shop.dag: needs a look"]
    assert "The check came to no answer." in body
    assert "http://airflow/log" in body


def test_a_run_that_failed_without_a_task_is_told_too(mails: Path) -> None:
    """Airflow names no task where none is to blame."""
    lost = context("check")
    del lost["ti"]

    on_failed_check(["people@example.com"])(lost)

    assert "The check came to no answer." in received(mails)["[airflow] shop.dag: needs a look"]


def test_a_report_arrives_as_it_was_written(mails: Path) -> None:
    """Rows of users are in it: neither HTML nor templates of theirs may come to life."""
    text = "3 rows were quarantined.\n\ndataset  rows read\n  | <b>bold</b>,{{ 6 * 7 }},{% raise %},né\n"

    send_report(["people@example.com", "boss@example.com"], "movies: 3 rows\nquarantined {{ 1 }}", text)

    ((subject, body),) = received(mails).items()
    assert subject == "movies: 3 rows quarantined {{ 1 }}"
    assert html.unescape(body) == f"<pre>{text}</pre>"
    assert "<b>" not in body


def test_each_report_is_a_mail_of_its_own(mails: Path) -> None:
    for night in ("first", "second"):
        send_report(["people@example.com"], f"{night} night", f"{night} text")

    assert received(mails) == {"first night": "<pre>first text</pre>", "second night": "<pre>second text</pre>"}
