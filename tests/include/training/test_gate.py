"""The gate as a table: what passes, what is blocked, and the sentence that says why."""

from datetime import UTC, datetime, timedelta

import pytest

from include.config import Gate
from include.training.gate import as_record, judge_full, judge_update
from include.training.lineage import Version

NDCG, MRR = "normalized_discounted_cumulative_gain_at_25", "mean_reciprocal_rank_at_25"
RULES = Gate(floors={NDCG: 0.05}, max_drop={NDCG: 0.25})


@pytest.mark.parametrize(
    ("challenger", "champion", "passed", "reason"),
    [
        ({NDCG: 0.20}, {NDCG: 0.20}, True, "0.2000 against the champion's 0.2000"),
        ({NDCG: 0.15}, {NDCG: 0.20}, True, "0.1500 against"),  # 0.20 * (1 - 0.25) = 0.15: just allowed
        ({NDCG: 0.1499}, {NDCG: 0.20}, False, "fell by 25%, from 0.2000 to 0.1499; 25% is allowed"),
        ({NDCG: 0.10}, {NDCG: 0.20}, False, "fell by 50%"),  # 1 - 0.10 / 0.20
        ({NDCG: 0.04}, {NDCG: 0.04}, False, "0.0400, below the floor of 0.05"),
        ({NDCG: 0.05}, None, True, "the first version, judged by floors alone"),
        ({NDCG: 0.0499}, None, False, "below the floor"),
        ({}, None, False, "is missing, and a missing metric never passes"),
        ({}, {NDCG: 0.20}, False, "is missing"),
        ({NDCG: 0.20}, {}, False, "is missing for the champion"),
        ({NDCG: float("nan")}, None, False, "below the floor"),
        ({NDCG: 0.30}, {NDCG: 0.0}, True, "against the champion's 0.0000"),
    ],
)
def test_full_versions(challenger: dict, champion: dict | None, passed: bool, reason: str) -> None:
    verdict = judge_full(RULES, challenger, champion)

    assert verdict.passed is passed
    assert reason in verdict.reason
    assert verdict.reason.startswith("Passed: " if passed else "Blocked: ")


def test_every_broken_rule_is_named() -> None:
    rules = Gate(floors={"coverage": 0.1}, max_drop={NDCG: 0.1, MRR: 0.1})

    verdict = judge_full(rules, {"coverage": 0.01, NDCG: 0.1, MRR: 0.1}, {"coverage": 0.2, NDCG: 0.2, MRR: 0.2})

    assert [metric in verdict.reason for metric in ("coverage", NDCG, MRR)] == [True, True, True]


DAY_0 = datetime(2026, 11, 1, tzinfo=UTC)


def version(name: str, mode: str, day: int, status: str = "ACTIVE") -> Version:
    return Version(f"arn:aws:personalize:us-east-1:1:solution/s/{name}", mode, status, DAY_0 + timedelta(days=day))


FULL, UPDATE, NEXT_FULL, NEXT_UPDATE = (
    version("full", "FULL", 0),
    version("update", "UPDATE", 1),
    version("nextfull", "FULL", 7),
    version("nextupdate", "UPDATE", 8),
)


@pytest.mark.parametrize(
    ("history", "challenger", "champion", "passed"),
    [
        ([FULL, UPDATE], UPDATE, FULL, True),
        ([FULL, UPDATE, version("update2", "UPDATE", 2)], version("update2", "UPDATE", 2), UPDATE, True),
        ([FULL, UPDATE, NEXT_FULL, NEXT_UPDATE], NEXT_UPDATE, NEXT_FULL, True),
        # The next FULL was blocked, so the campaign still serves the old line: its update must not slip through.
        ([FULL, UPDATE, NEXT_FULL, NEXT_UPDATE], NEXT_UPDATE, UPDATE, False),
        ([FULL, UPDATE], UPDATE, None, False),
        ([FULL, version("update", "UPDATE", 1, "CREATE FAILED")], UPDATE, FULL, False),
        ([FULL], UPDATE, FULL, False),
        # A FULL version that failed is nobody's parent.
        ([FULL, version("bad", "FULL", 7, "CREATE FAILED"), NEXT_UPDATE], NEXT_UPDATE, FULL, True),
    ],
)
def test_update_versions(history: list, challenger: Version, champion: Version | None, passed: bool) -> None:
    verdict = judge_update(history, challenger.arn, champion.arn if champion else None)

    assert verdict.passed is passed


def test_the_record_has_what_the_summary_shows() -> None:
    verdict = judge_full(RULES, {NDCG: 0.2}, {NDCG: 0.2})

    record = as_record(verdict, solution="s", champion_arn=None)

    assert set(record) == {"passed", "reason", "metrics", "champion_metrics", "solution", "champion_arn"}
