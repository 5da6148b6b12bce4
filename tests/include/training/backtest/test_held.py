"""Held versions: their records on a real S3 server, whose turn it is, and how long is waited."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from include.config import Storage
from include.s3 import Place
from include.training.backtest import held, questions
from include.training.backtest.held import Held
from include.training.backtest.paired import judge

NOW = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)
CHAMPION = "arn:aws:personalize:us-east-1:1:solution/s/00000000"


def version(number: int, since: datetime | None = NOW, **facts: Any) -> Held:
    arn = f"arn:aws:personalize:us-east-1:1:solution/s/{number:08x}"
    facts = {"since": since, "champion_arn": CHAMPION, **facts}
    return Held(arn, run_key="run", users=5_000, questions="q", champion_answers="a", challenger_answers="b", **facts)


def test_what_is_written_is_read(s3: Any, bucket: str) -> None:
    storage = Storage(incoming=f"s3://{bucket}/in", workspace=f"s3://{bucket}/work", delivery=f"s3://{bucket}/out")
    half = np.tile([0.2, 0.6], 200)
    verdict = judge(half, 0.9 * half, metric="m", allowed_loss=0.02, false_block_rate=0.02)
    asked, judged = version(1, since=None), version(2, closed_by="run 2", why="because", verdict=verdict)

    uri = held.write(s3, storage, "for-you", asked)
    held.write(s3, storage, "for-you", judged)
    held.write(s3, storage, "others", version(3))

    assert uri == f"s3://{bucket}/work/reports/backtests/for-you/00000001.json"
    assert held.read(s3, storage, "for-you", judged.solution_version_arn) == judged
    assert held.read(s3, storage, "for-you", CHAMPION) is None
    assert held.every(s3, storage, "for-you") == [asked, judged]


def test_users_are_written_as_batch_inference_reads_them(s3: Any, bucket: str) -> None:
    place = Place(bucket, "input/users.json")

    questions.write(s3, place, ["u1", 'ü"2'])

    assert (
        s3.get_object(Bucket=bucket, Key=place.key)["Body"].read().decode() == '{"userId": "u1"}\n{"userId": "ü\\"2"}\n'
    )
    assert questions.read(s3, place) == ["u1", 'ü"2']


def test_only_what_has_answered_and_was_not_judged_has_its_turn() -> None:
    records = [version(1, since=None), version(2, closed_by="other run")]

    assert held.sort_out(records, CHAMPION, "run") == (None, [])
    assert held.sort_out([*records, version(3)], CHAMPION, "run") == (version(3), [])


def test_a_newer_version_takes_the_place_of_an_older_one() -> None:
    older, newer = version(2, NOW - timedelta(days=7)), version(1)

    turn, closed = held.sort_out([newer, older], CHAMPION, "run")

    assert turn == newer
    why = f"{newer.solution_version_arn} was trained since, and is held in its place."
    assert closed == [replace(older, closed_by="run", why=why)]


@pytest.mark.parametrize(("serving", "told"), [(None, "nothing does"), ("arn:another", "arn:another does")])
def test_a_version_whose_champion_is_gone_is_not_judged(serving: str | None, told: str) -> None:
    turn, (closed,) = held.sort_out([version(1)], serving, "run")

    assert turn is None
    assert not closed.waits
    assert "serves no more" in str(closed.why)
    assert told in str(closed.why)


@pytest.mark.parametrize(
    ("came_back", "least_users", "hours", "waits"),
    [
        (2_999, 3_000, 1, True),
        (3_000, 3_000, 1, False),
        (2_999, 3_000, 48, False),  # the wait is over
        (4_999, 6_000, 1, True),
        (5_000, 6_000, 1, False),  # more were not asked for
    ],
)
def test_it_is_waited_for_enough_users_or_until_the_wait_is_over(
    came_back: int, least_users: int, hours: int, waits: bool
) -> None:
    told = held.missing(version(1), came_back, least_users, timedelta(days=2), NOW + timedelta(hours=hours))

    assert (told is not None) is waits
    if told:
        assert f"{came_back:,} of 5,000 users asked for have come back" in told
        assert "until 2026-11-24 03:30 UTC at most" in told
