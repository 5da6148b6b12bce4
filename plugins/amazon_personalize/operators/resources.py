"""Operators for what a dataset group is made of: created once, adopted ever after."""

from typing import Any

from airflow.sdk import Context

from amazon_personalize import resources
from amazon_personalize.operators.create import PersonalizeCreateOperator


class PersonalizeCreateDatasetGroupOperator(PersonalizeCreateOperator):
    """Create a dataset group, or adopt the one of that name."""

    resource = resources.DATASET_GROUP


class PersonalizeCreateSchemaOperator(PersonalizeCreateOperator):
    """Create a schema, or adopt the one of that name; schemas have no status and are usable at once."""

    resource = resources.SCHEMA

    def is_active(self, arn: str) -> bool:
        """Whether the schema is there."""
        return self.hook.describe(self.resource, arn) is not None


class PersonalizeCreateDatasetOperator(PersonalizeCreateOperator):
    """Create a dataset, or adopt the group's dataset of that type."""

    resource = resources.DATASET

    def execute(self, context: Context) -> str:
        """Adopt or create, in the operator's dataset group."""
        group = self.hook.arn(resources.DATASET_GROUP, self.dataset_group)
        self.request = {"datasetGroupArn": group, **self.request}
        return super().execute(context)

    def adopt(self, context: Context) -> str | None:  # noqa: ARG002 - the engine's signature
        """The group's dataset of that type: its ARN has the type in it, and not the dataset's name."""
        return self._same(self.hook.dataset_arn(self.dataset_group, self.request["datasetType"]))


class PersonalizeCreateSolutionOperator(PersonalizeCreateOperator):
    """Create a solution, or adopt the one of that name.

    :param recipe: name of the recipe, such as aws-user-personalization.
    """

    resource = resources.SOLUTION

    def __init__(self, *, recipe: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.recipe = recipe

    def execute(self, context: Context) -> str:
        """Adopt or create, in the operator's dataset group."""
        group = self.hook.arn(resources.DATASET_GROUP, self.dataset_group)
        self.request = {"datasetGroupArn": group, "recipeArn": self.hook.recipe_arn(self.recipe), **self.request}
        return super().execute(context)
