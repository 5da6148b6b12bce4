"""Promotions kept in S3, and the way back."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from include.config import Storage
from include.training import history
from include.training.lineage import Version
from include.training.role import Role

START = datetime(2026, 11, 1, tzinfo=UTC)


def keep(s3: Any, storage: Storage, steps: list[tuple[str, str | None]]) -> None:
    for number, (version, previous) in enumerate(steps):
        at = START + timedelta(days=number)
        record = history.move(f"run-{number}", at, version, previous, "because")
        history.record_move(s3, storage, Role.CHAMPION, "s", record)


def test_rolling_back_twice_goes_two_steps_back(s3: Any, bucket: str) -> None:
    storage = Storage(incoming=f"s3://{bucket}/in", workspace=f"s3://{bucket}/work", delivery=f"s3://{bucket}/out")
    keep(s3, storage, [("a", None), ("b", "a"), ("c", "b"), ("b", "c")])  # the last one is the first roll-back
    past = history.promotions(s3, storage, "s")

    assert history.previous_champion(past, "c") == "b"
    assert history.previous_champion(past, "b") == "a"
    assert history.previous_champion(past, "a") is None
    assert history.previous_champion(past, "never promoted") is None


def test_the_same_run_keeps_one_record(s3: Any, bucket: str) -> None:
    storage = Storage(incoming=f"s3://{bucket}/in", workspace=f"s3://{bucket}/work", delivery=f"s3://{bucket}/out")
    for _ in range(2):
        record = history.move("run", START, "a", None, "because")
        history.record_move(s3, storage, Role.CHAMPION, "s", record)

    assert len(history.promotions(s3, storage, "s")) == 1


def test_challenges_are_no_promotions_and_the_last_that_stood_tells_who_challenges(s3: Any, bucket: str) -> None:
    storage = Storage(incoming=f"s3://{bucket}/in", workspace=f"s3://{bucket}/work", delivery=f"s3://{bucket}/out")
    told = []
    for day, (challenger, rolled_back) in enumerate([("a", False), ("b", True), (None, False)]):
        record = history.move(f"run-{day}", START + timedelta(days=day), challenger, "before", "because")
        history.record_move(s3, storage, Role.CHALLENGER, "s", record | {"rolled_back": rolled_back})
        told.append(history.challenging(history.challenges(s3, storage, "s")))

    assert told == ["a", "a", None]
    assert history.promotions(s3, storage, "s") == []


def version(name: str, day: int, mode: str = "FULL") -> Version:
    return Version(f"arn:x:solution/s/{name}", mode, "ACTIVE", START + timedelta(days=day))


A, B, UPDATE, C, D = (
    version("a", 0),
    version("b", 7),
    version("update", 8, "UPDATE"),
    version("c", 14),
    version("d", 21),
)


def line(champion: Version | None, *verdicts: tuple[Version, Version | None, bool]) -> list[tuple[str, bool]]:
    """The champions' line after verdicts: the version judged, what served then, whether it passed."""
    records = {
        judged.arn: {"champion_arn": served.arn if served else None, "passed": passed}
        for judged, served, passed in verdicts
    }
    found = history.champion_line([A, B, UPDATE, C, D], champion.arn if champion else None, records.get)
    return [(each.id, let_through) for each, let_through in found]


def test_the_line_goes_from_champion_to_champion() -> None:
    assert line(None) == []
    assert line(B) == [("b", False)]  # never judged: nothing is known of what was before
    # c was judged while the update of b served; b's champion was a.
    verdicts = [(A, None, True), (B, A, True), (C, UPDATE, True), (D, C, True)]
    assert line(D, *verdicts) == [("d", False), ("c", False), ("b", False), ("a", False)]
    assert line(UPDATE, *verdicts) == [("b", False), ("a", False)]


def test_what_was_rolled_back_is_not_in_the_line() -> None:
    # b served, c replaced it and was rolled back, so that d met b.
    assert line(D, (A, None, True), (B, A, True), (C, B, True), (D, B, True)) == [
        ("d", False),
        ("b", False),
        ("a", False),
    ]


def test_what_a_person_let_through_is_marked() -> None:
    assert line(D, (B, None, True), (C, B, False), (D, C, True)) == [("d", False), ("c", True), ("b", False)]


def test_the_line_ends_though_records_go_in_circles_and_after_a_quarter_of_a_year() -> None:
    assert line(B, (A, B, True), (B, A, True)) == [("b", False), ("a", False)]

    many = [version(f"v{week:02}", 7 * week) for week in range(20)]
    records = {later.arn: {"champion_arn": earlier.arn, "passed": True} for earlier, later in pairwise(many)}
    assert len(history.champion_line(many, many[-1].arn, records.get)) == history.RECENT


def test_verdicts_are_kept_by_version(s3: Any, bucket: str) -> None:
    storage = Storage(incoming=f"s3://{bucket}/in", workspace=f"s3://{bucket}/work", delivery=f"s3://{bucket}/out")
    record = {"solution_version_arn": A.arn, "passed": True}
    history.record_verdict(s3, storage, "s", record)

    assert history.verdict(s3, storage, "s", A.arn) == record
    assert history.verdict(s3, storage, "s", B.arn) is None
    assert history.verdicts(s3, storage, "s") == [record]
