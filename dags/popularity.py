"""The baseline of a gate that asks for it: what is popular, trained on the same data by aws-popularity-count."""

from typing import Any

from airflow.sdk import task
from airflow.sdk.exceptions import AirflowSkipException

from amazon_personalize.operators.jobs import PersonalizeCreateSolutionVersionOperator
from amazon_personalize.operators.resources import PersonalizeCreateSolutionOperator
from include.config import DatasetGroup, Solution

RECIPE = "aws-popularity-count"


def train_popularity(group: DatasetGroup, solution: Solution, training_mode: Any) -> Any:
    """Train the baseline beside a FULL version; gives its ARN, and is skipped where the version is no FULL one."""

    @task
    def choose_popularity_training(training_mode: str) -> str:
        """FULL, where the version beside it is: an UPDATE is not judged by metrics."""
        if training_mode != "FULL":
            raise AirflowSkipException(f"{training_mode} versions are not held against {RECIPE}.")
        return training_mode

    create = PersonalizeCreateSolutionOperator(
        task_id="create_popularity", dataset_group=group.name, recipe=RECIPE, request=solution.popularity
    )
    train = PersonalizeCreateSolutionVersionOperator(
        task_id="train_popularity",
        dataset_group=group.name,
        name_prefix=solution.popularity["name"],
        request={"solutionArn": create.output, "trainingMode": choose_popularity_training(training_mode)},
    )
    return train.output
