"""Tuned hyperparameters: which solution is tuned, when, and what is proposed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml

from include.config import Solution
from include.training import tuning
from include.training.lineage import Version

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
HPO = {"hpoResourceConfig": {"maxNumberOfTrainingJobs": "4", "maxParallelTrainingJobs": "2"}}


def solution(name: str = "home", recipe: str = "aws-user-personalization", **config: Any) -> Solution:
    create = {"name": name, "eventType": "buy", **({"solutionConfig": config} if config else {})}
    return Solution.model_validate(
        {"recipe": recipe, "create": create, "gate": {}, "campaign": {"create": {"name": "home"}}}
        | {"cadence": {"hpo_every_days": 28}}
    )


def test_a_solution_of_its_own_is_tuned_but_for_what_is_looked_for() -> None:
    fixed = {"hidden_dimension": "64"}

    asked = tuning.request(solution(hpoConfig=HPO, algorithmHyperParameters=fixed))

    assert asked == {
        "name": "home-hpo",
        "eventType": "buy",
        "performHPO": True,
        "performAutoTraining": False,
        "solutionConfig": {"hpoConfig": HPO},
    }
    assert "solutionConfig" not in tuning.request(solution(algorithmHyperParameters=fixed))


@pytest.mark.parametrize(
    ("ages", "due"), [([], True), ([27.9], False), ([27.99], True), ([60, 1], False), ([60, 28], True)]
)
def test_the_last_search_tells_when_the_next_is_due(ages: list[float], due: bool) -> None:
    history = [Version("arn:v", "FULL", "CREATE FAILED", NOW - timedelta(days=age)) for age in ages]

    assert tuning.is_due(28, history, NOW) is due


def test_what_is_proposed_can_be_pasted_and_is_tuned_on_by_the_same_name() -> None:
    found = {"tunedHPOParams": {"algorithmHyperParameters": {"bptt": "7"}}, "creationDateTime": NOW}

    text = tuning.proposal(solution(hpoConfig=HPO), found, {"coverage": 0.25})

    assert "  coverage                                      0.2500" in text
    pasted = yaml.safe_load(text[text.index("create:") :])["create"]
    assert pasted["solutionConfig"] == {"hpoConfig": HPO, "algorithmHyperParameters": {"bptt": "7"}}
    assert (pasted["name"], pasted["eventType"]) == ("home-tuned-20261122", "buy")
    adopted = solution(pasted["name"], **pasted["solutionConfig"])
    assert tuning.request(adopted) == tuning.request(solution(hpoConfig=HPO))
    assert "name: home-tuned-20261122" in tuning.proposal(adopted, found, {})


def test_a_recipe_that_cannot_be_tuned_is_refused() -> None:
    with pytest.raises(ValueError, match="hpo_every_days: aws-user-personalization-v2 takes no performHPO"):
        solution(recipe="aws-user-personalization-v2")
