"""A verdict as record, as tags and as a table."""

import json
import re
from datetime import UTC, datetime

import botocore.session
import pytest

from include.training.judgement import table
from include.training.judgement.verdict import Numbers, Verdict, as_record, as_tags

NOW = datetime(2026, 11, 22, 3, 4, 5, 678, tzinfo=UTC)
NDCG = "normalized_discounted_cumulative_gain_at_25"
BLOCKED = Verdict(
    passed=False,
    reason="Blocked: ndcg fell by 57%, from 0.2156 to 0.0931; 31% is allowed (the champion's).",
    metrics={NDCG: 0.0931},
    champion_metrics={NDCG: 0.2156},
    numbers=[Numbers(NDCG, 0.0931, 0.2156, 0.21, None, -0.568, 0.31, 0.1488, "learnt from 3 changes")],
    resolution="About 94 test users: drops under 38% cannot be told from noise.",
    smallest_drop=0.38,
    warnings=["max_drop asks for more."],
)


def test_the_record_is_json_with_every_number() -> None:
    record = json.loads(json.dumps(as_record(BLOCKED, solution="s", champion_arn=None), allow_nan=False))

    assert record["numbers"] == [
        {
            "metric": NDCG,
            "challenger": 0.0931,
            "champion": 0.2156,
            "usual": 0.21,
            "best": None,
            "change": -0.568,
            "allowed": 0.31,
            "threshold": 0.1488,
            "learnt": "learnt from 3 changes",
        }
    ]
    assert (record["passed"], record["solution"], record["champion_arn"]) == (False, "s", None)
    assert as_record(Verdict(False, "", {NDCG: float("nan")}))["metrics"] == {NDCG: None}


@pytest.mark.parametrize("reason", [BLOCKED.reason, "", "Blocked: " + "é; %" * 300])
def test_tags_are_such_as_amazon_takes(reason: str) -> None:
    tag = botocore.session.get_session().get_service_model("personalize").shape_for("Tag").members["tagValue"]

    tags = as_tags(Verdict(False, reason), NOW)

    assert [each["tagKey"] for each in tags] == ["verdict", "judged_at", "reason"]
    for each in tags:
        assert len(each["tagValue"]) <= tag.metadata["max"]
        assert re.fullmatch(r"[\w\s.:/=+\-@]*", each["tagValue"])  # the model's pattern, in Python's spelling
    assert tag.metadata["pattern"] == r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$"


def test_tags_can_be_read() -> None:
    assert [each["tagValue"] for each in as_tags(BLOCKED, NOW)] == [
        "blocked",
        "2026-11-22T03:04:05+00:00",
        "Blocked: ndcg fell by 57 percent from 0.2156 to 0.0931 31 percent is allowed the champion s .",
    ]


def test_the_log_shows_reason_table_resolution_and_warnings() -> None:
    lines = [" ".join(line.split()) for line in table.as_text(BLOCKED).splitlines()]

    assert lines[0] == BLOCKED.reason
    assert f"{NDCG} 0.0931 0.2156 0.2100 - -56.8% -31.0% 0.1488 learnt from 3 changes" in lines
    assert lines[-2:] == [BLOCKED.resolution, "Warning: max_drop asks for more."]


def test_a_verdict_without_numbers_is_its_reason() -> None:
    assert table.as_text(Verdict(True, "Passed: [it] updates.")) == "Passed: [it] updates."
