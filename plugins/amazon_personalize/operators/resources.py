"""Operators for what a dataset group is made of: created once, adopted ever after."""

from typing import Any

from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowFailException

from amazon_personalize import resources
from amazon_personalize.differences import refuse_differences
from amazon_personalize.operators.create import PersonalizeCreateOperator
from amazon_personalize.schemas import SchemaChange, compare

UPDATING = ("CREATE PENDING", "CREATE IN_PROGRESS", "UPDATE PENDING", "UPDATE IN_PROGRESS")


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
    """Create a dataset, or adopt the group's dataset of that type, moved to the request's schema where it has another.

    Schemas are compared field by field; one that differs in nothing but order is as good. Items and Users may get new
    fields that allow null; any other change fails the task without a retry, saying which field and why.
    """

    resource = resources.DATASET

    def execute(self, context: Context) -> str:
        """Adopt or create, in the operator's dataset group."""
        group = self.hook.arn(resources.DATASET_GROUP, self.dataset_group)
        self.request = {"datasetGroupArn": group, **self.request}
        return super().execute(context)

    def adopt(self, context: Context) -> str | None:  # noqa: ARG002 - the engine's signature
        """The group's dataset of that type, its update begun if its schema has grown; its ARN has the type in it."""
        arn = self.hook.dataset_arn(self.dataset_group, self.request["datasetType"])
        dataset = self.hook.describe(self.resource, arn)
        if dataset is None:
            return None
        refuse_differences(arn, dataset, {key: self.request[key] for key in self.request if key != "schemaArn"})
        wanted, update = self.request["schemaArn"], dataset.get("latestDatasetUpdate", {})
        if update.get("status") in UPDATING:
            if update["schemaArn"] != wanted:
                raise RuntimeError(f"{arn} is being moved to {update['schemaArn']}. A retry looks again.")
            self.log.info("%s is being moved to %s", arn, wanted)
        elif change := self._change(dataset):
            self._move(arn, change)
        else:
            self.log.info("Adopted %s", arn)
        return arn

    def is_active(self, arn: str) -> bool:
        """Whether the dataset is ACTIVE, with the schema of the request.

        Raises AirflowFailException, with the service's reason, if its creation or its update has failed.
        """
        dataset = self.hook.describe(self.resource, arn) or {}
        update = dataset.get("latestDatasetUpdate", {})
        if update.get("schemaArn") == self.request["schemaArn"] and update["status"].endswith("FAILED"):
            reason = update.get("failureReason", "no reason given")
            raise AirflowFailException(f"{arn} could not be moved to {update['schemaArn']}: {reason}")
        return update.get("status") not in UPDATING and super().is_active(arn) and not self._change(dataset)

    def _move(self, arn: str, change: SchemaChange) -> None:
        wanted = self.request["schemaArn"]
        if change.obstacles:
            raise AirflowFailException(
                f"{arn} cannot be moved to the schema {wanted}: {'; '.join(change.obstacles)}. Amazon Personalize lets "
                "Items and Users get new fields that allow null, and nothing else. Take the change back, or import "
                "everything into a dataset group of another name."
            )
        self.hook.conn.update_dataset(datasetArn=arn, schemaArn=wanted)
        self.log.info("Moving %s to %s, which adds %s", arn, wanted, ", ".join(change.added))

    def _change(self, dataset: dict[str, Any]) -> SchemaChange:
        there, wanted = dataset["schemaArn"], self.request["schemaArn"]
        if there == wanted:
            return SchemaChange()
        old, new = (self.hook.conn.describe_schema(schemaArn=arn)["schema"]["schema"] for arn in (there, wanted))
        return compare(dataset["datasetType"], old, new)


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
