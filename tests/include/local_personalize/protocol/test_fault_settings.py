"""Faults as JSON: each mistake is named, with what is allowed."""

import pytest

from include.local_personalize.protocol import fault_settings


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("throttling", "faults are a list"),
        ({"rules": [], "luck": 1}, "faults are a list"),
        ({"seed": "one", "rules": []}, "seed must be a whole number"),
        ([[]], "rule 1 must be a JSON object"),
        ([{"fault": "throttling"}, {"fault": "fire"}], "rule 2: fault must be one of throttling, "),
        ([{"fault": "throttling", "after": 1}], "rule 1: after is unknown; throttling has "),
        ([{"fault": "throttling", "seconds": 1}], "rule 1: seconds is unknown"),
        ([{"fault": "throttling", "on": "campaign"}], "rule 1: on must be * or one of CreateBatchInferenceJob, "),
        ([{"fault": "create_failed", "on": "CreateCampaign"}], "rule 1: on must be * or one of dataset-import-job, "),
        ([{"fault": "lost_s3_permission", "on": "campaign"}], "rule 1: on must be * or one of dataset-import-job, "),
        (
            [{"fault": "update_failed", "on": "dataset"}],
            "rule 1: on must be * or one of campaign, recommender, solution",
        ),
        ([{"fault": "throttling", "matching": 1}], "rule 1: matching must be a pattern"),
        ([{"fault": "throttling", "probability": 1.5}], "rule 1: probability must be a number from 0 to 1"),
        ([{"fault": "throttling", "count": 0}], "rule 1: count must be a whole number, 1 or more"),
        ([{"fault": "throttling", "count": True}], "rule 1: count must be a whole number, 1 or more"),
        ([{"fault": "slow_answer", "seconds": "1"}], "rule 1: seconds must be a number"),
        ([{"fault": "create_failed", "reason": ""}], "rule 1: reason must be a text, or one of "),
    ],
)
def test_a_wrong_rule_is_refused(settings, message):
    with pytest.raises(ValueError, match=message.replace("*", r"\*")):
        fault_settings.read(settings)


def test_rules_are_shown_as_they_were_given_with_their_defaults():
    given = [{"fault": "slow_states", "on": "campaign", "matching": "*a*", "count": 2, "pending_seconds": 3.0}]
    shown = [given[0] | {"probability": 1.0, "in_progress_seconds": 0.0}]
    assert fault_settings.read(given).shown() == shown
    assert fault_settings.read(shown).shown() == shown
