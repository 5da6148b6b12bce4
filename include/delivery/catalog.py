"""The items as the shop last described them."""

from collections.abc import Callable, Mapping
from typing import Any

from include.config.groups import Dataset, Storage
from include.workspace import staged_files, staged_rows


def load(
    s3: Any, storage: Storage, items: Dataset | None, fields: Mapping[str, str]
) -> dict[str, dict[str, Any]] | None:
    """Read the newest row of every imported item: its id, and `fields` under their names in Braze.

    None where the group has no Items dataset.
    """
    if items is None:
        return None
    readers = {field["name"]: _reader(field) for field in items.fields}
    return {
        row["ITEM_ID"]: {key: readers[column](row[column]) for key, column in fields.items()}
        for file in staged_files(s3, storage, "items")
        for row in staged_rows(s3, file)
    }


def _reader(field: Mapping[str, Any]) -> Callable[[str], Any]:
    types = field["type"] if isinstance(field["type"], list) else [field["type"]]
    parse: Callable[[str], Any] = str
    if {"int", "long"} & set(types):
        parse = int
    elif {"float", "double"} & set(types):
        parse = float
    return (lambda cell: parse(cell) if cell else None) if "null" in types else parse
