"""Which parquet files make up a dataset: the manifest, switched in the transaction that ends an import."""

from collections.abc import Mapping, Sequence
from typing import Any

from include.local_personalize.state.resources import Resources


def files(resources: Resources, dataset_arn: str) -> list[str]:
    """File names of a dataset's parts under the datasets folder, oldest first."""
    query = "SELECT file FROM parts WHERE dataset_arn = ? ORDER BY seq"
    return [row["file"] for row in resources.connection.execute(query, (dataset_arn,))]


def append(resources: Resources, dataset_arn: str, parts: Sequence[dict[str, Any]]) -> None:
    """Add parts, each {"file": name, "rows": count}."""
    values = [(dataset_arn, part["file"], part["rows"]) for part in parts]
    resources.connection.executemany("INSERT INTO parts (dataset_arn, file, rows) VALUES (?, ?, ?)", values)


def replace(resources: Resources, dataset_arn: str, parts: Sequence[dict[str, Any]]) -> None:
    """Make these parts the whole dataset."""
    resources.connection.execute("DELETE FROM parts WHERE dataset_arn = ?", (dataset_arn,))
    append(resources, dataset_arn, parts)


def exchange(resources: Resources, dataset_arn: str, parts: Mapping[str, dict[str, Any]]) -> None:
    """Put parts, by the file names of those that they stand for, in their places; an empty part is left out."""
    for old, new in parts.items():
        query = "UPDATE parts SET file = :file, rows = :rows WHERE dataset_arn = :dataset AND file = :old"
        resources.connection.execute(query, new | {"dataset": dataset_arn, "old": old})
    resources.connection.execute("DELETE FROM parts WHERE dataset_arn = ? AND rows = 0", (dataset_arn,))


def all_files(resources: Resources) -> set[str]:
    """Every file that some dataset, or a report of an import that is still to be written, refers to."""
    query = "SELECT file FROM parts UNION SELECT body ->> 'part' FROM resources WHERE outcome IS NULL"
    return {row["file"] for row in resources.connection.execute(query)}
