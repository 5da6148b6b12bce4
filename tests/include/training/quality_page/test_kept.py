"""Answers kept for a while."""

import threading
import time

import pytest

from include.training.quality_page.kept import Kept, StillReadingError


def test_an_answer_is_read_once_and_read_again_when_it_is_old() -> None:
    kept: Kept[int] = Kept(seconds=0.3, patience=5)
    answers = iter(range(10))

    assert [kept.get("a", lambda: next(answers)) for _ in range(3)] == [0, 0, 0]
    assert kept.get("b", lambda: next(answers)) == 1
    time.sleep(0.35)
    assert kept.get("a", lambda: next(answers)) == 2


def test_who_waits_too_long_is_told_and_finds_the_answer_later() -> None:
    kept: Kept[str] = Kept(seconds=60, patience=0.05)
    may_end, reads = threading.Event(), []

    def read() -> str:
        reads.append(1)
        may_end.wait(10)
        return "at last"

    for _ in range(2):
        with pytest.raises(StillReadingError, match=r"No answer within 0\.05 seconds"):
            kept.get("a", read)
    may_end.set()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            assert kept.get("a", read) == "at last"
            break
        except StillReadingError:
            continue
    assert reads == [1]


def test_a_failure_is_told_and_not_kept() -> None:
    kept: Kept[str] = Kept(seconds=60, patience=5)

    def fails() -> str:
        raise TimeoutError("of the reading itself")

    with pytest.raises(TimeoutError, match="of the reading itself"):
        kept.get("a", fails)
    assert kept.get("a", lambda: "better") == "better"
