"""How the page says things."""

from datetime import datetime, timedelta, timezone

import pytest

from include.config.requests import METRICS
from include.training.quality_page import words


def test_metrics_are_called_as_the_field_calls_them() -> None:
    said = [words.short(metric) for metric in METRICS]

    assert {"coverage", "NDCG@25", "MRR@25", "precision@5"} <= set(said)
    assert len(set(said)) == len(METRICS)


def test_in_a_sentence_only_metrics_are_shortened() -> None:
    sentence = "normalized_discounted_cumulative_gain_at_25 fell; max_drop allows 40% for s3://a_at_b/precision_at_5."

    assert words.shortened(sentence) == "NDCG@25 fell; max_drop allows 40% for s3://a_at_b/precision@5."


def test_a_time_of_another_zone_is_told_in_utc() -> None:
    at = datetime(2026, 11, 1, 0, 30, tzinfo=timezone(timedelta(hours=2)))

    assert words.date(at) == "31 Oct 2026"
    assert words.moment(at) == "31 Oct 2026, 22:30 UTC"


@pytest.mark.parametrize(
    ("hours", "said"),
    [(1234, "1,234 h"), (53.94, "53.9 h"), (2.135, "2.13 h"), (0.5, "30.0 min"), (0.005, "18.0 s"), (0, "0.00 s")],
)
def test_hours_are_told_in_a_unit_that_reads_easily(hours: float, said: str) -> None:
    assert words.duration(hours) == said


@pytest.mark.parametrize(
    ("amount", "said"),
    [(1234.5, "1,234.50 USD"), (0.5124, "0.51 USD"), (0.0012, "0.0012 USD"), (0, "0.00 USD"), (None, "")],
)
def test_amounts_are_told_to_the_cent_or_to_two_digits(amount: float | None, said: str) -> None:
    assert words.money(amount, "USD") == said
