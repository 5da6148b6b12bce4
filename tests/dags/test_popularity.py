"""The baseline of a gate that asks to beat what is popular: trained beside a FULL version, and beside no other."""

from typing import Any

import pytest
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowSkipException

from include.config import Solution, load_file
from tests.dags.promotions import MOVIES

TASKS = {"create_popularity", "choose_popularity_training", "train_popularity"}


@pytest.fixture
def asking(airflow_database: None) -> DAG:  # noqa: ARG001 - DAGs
    from dags.train_solutions import train_solutions  # noqa: PLC0415 - it reads the settings

    group = load_file(MOVIES)
    solution = group.solutions[0]
    gate = solution.gate.model_copy(update={"beats_popularity": 1.0})
    return train_solutions(group.model_copy(update={"solutions": [solution.model_copy(update={"gate": gate})]}))


def test_the_judge_waits_for_the_baseline_and_does_without_beside_an_update(asking: DAG) -> None:
    judge = asking.get_task("movies-for-you.judge")

    assert {f"movies-for-you.{name}" for name in TASKS} <= judge.get_flat_relative_ids(upstream=True)
    assert judge.trigger_rule == "none_failed_min_one_success"
    assert judge.upstream_task_ids == {"movies-for-you.train", "movies-for-you.train_popularity"}


def test_only_a_full_version_has_a_baseline(asking: DAG) -> None:
    choose: Any = asking.get_task("movies-for-you.choose_popularity_training")

    assert choose.python_callable("FULL") == "FULL"
    with pytest.raises(AirflowSkipException, match="UPDATE versions are not held against aws-popularity-count"):
        choose.python_callable("UPDATE")


def test_the_baseline_trains_on_the_same_interactions() -> None:
    create = {
        "name": "for-you",
        "eventType": "watch",
        "solutionConfig": {"eventValueThreshold": "3", "algorithmHyperParameters": {"bptt": "8"}},
    }
    solution = Solution.model_validate(
        {"recipe": "aws-user-personalization", "create": create, "gate": {}, "campaign": {"create": {"name": "c"}}}
    )

    assert solution.popularity == {
        "name": "for-you-popularity",
        "performAutoTraining": False,
        "eventType": "watch",
        "solutionConfig": {"eventValueThreshold": "3"},
    }


@pytest.mark.parametrize(
    ("name", "gate", "told"),
    [
        ("n" * 53, {"beats_popularity": 1}, "of at most 52 letters"),  # 63 less the 11 of "-popularity"
        ("n", {"beats_popularity": 1, "compare": [], "floors": {"coverage": 0.1}}, "name one there"),
    ],
)
def test_a_baseline_that_cannot_be(name: str, gate: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Solution.model_validate(
            {
                "recipe": "aws-user-personalization",
                "create": {"name": name},
                "gate": gate,
                "campaign": {"create": {"name": "c"}},
            }
        )
