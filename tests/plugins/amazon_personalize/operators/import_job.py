"""An import as the DAG orders it, but for its patience."""

from typing import Any

from amazon_personalize.operators.jobs import PersonalizeCreateDatasetImportJobOperator


def import_job(dataset: str, location: str, **arguments: Any) -> PersonalizeCreateDatasetImportJobOperator:
    """The operator that imports what lies there into a dataset."""
    return PersonalizeCreateDatasetImportJobOperator(
        task_id="import",
        dataset_group="g",
        name_prefix="nightly",
        role="personalize",
        waiter_delay=1,
        request={"datasetArn": dataset, "dataSource": {"dataLocation": location}},
        **arguments,
    )
