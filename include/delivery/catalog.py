"""The items as the shop last described them."""

from collections.abc import Mapping
from typing import Any

from include import workspace
from include.config import Dataset, Storage


def load(
    s3: Any, storage: Storage, items: Dataset | None, fields: Mapping[str, str]
) -> dict[str, dict[str, Any]] | None:
    """Read the newest row of every imported item: its id, and `fields` under their names in Braze.

    None where the group has no Items dataset.
    """
    if items is None:
        return None
    return {
        row["ITEM_ID"]: {key: row[column] for key, column in fields.items()}
        for row in workspace.items(s3, storage, items.fields)
    }
