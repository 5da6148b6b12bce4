"""Promotions kept in S3, and the way back."""

from datetime import UTC, datetime, timedelta
from typing import Any

from include.config.groups import Storage
from include.training import history

START = datetime(2026, 11, 1, tzinfo=UTC)


def keep(s3: Any, storage: Storage, steps: list[tuple[str, str | None]]) -> None:
    for number, (version, previous) in enumerate(steps):
        at = START + timedelta(days=number)
        record = history.promotion(f"run-{number}", at, version, previous, "because")
        history.record_promotion(s3, storage, "s", record)


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
        record = history.promotion("run", START, "a", None, "because")
        history.record_promotion(s3, storage, "s", record)

    assert len(history.promotions(s3, storage, "s")) == 1
