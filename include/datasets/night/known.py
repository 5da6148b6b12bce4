"""What a dataset holds, by its recorded nights: the ids of interactions, the newest rows of items and users.

Every night writes its own files, on top of those of the recorded night before it, its `base`. Two runs may have started
from the same base; so the nights that the newest one did not know of are added to it from their archives.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from include.config import Storage
from include.datasets.night import written
from include.datasets.night.records import Night

ID_COLUMNS = {"interactions": ("USER_ID", "ITEM_ID"), "items": ("ITEM_ID",), "users": ("USER_ID",)}
ROWS = "rows"


@dataclass(frozen=True)
class Known:
    """URIs of what is known: of each name the newest night's file, and archives that are newer, oldest first.

    Names are columns for interactions (files of distinct ids), and "rows" for items and users.
    """

    files: Mapping[str, str]
    archives: tuple[str, ...]
    base: str | None

    def files_of(self, name: str) -> dict[str, str]:
        """The newest night's file, by its name; nothing if there is none."""
        return {name: self.files[name]} if name in self.files else {}

    def uris(self, name: str) -> tuple[str, ...]:
        """All the files to read for a name, oldest first; every one has the column."""
        first = (self.files[name],) if name in self.files else ()
        return first + self.archives


def of(nights: Sequence[Night]) -> Known:
    """What is known after recorded nights, in the order in which they were recorded."""
    if not nights:
        return Known({}, (), None)
    newest = nights[-1]
    unseen = {night.run_key: night for night in nights}
    run_key: str | None = newest.run_key
    while run_key in unseen:
        run_key = unseen.pop(run_key).base
    archives = tuple(night.archive for night in unseen.values() if night.archive)
    return Known(newest.known, archives, newest.run_key)


def ids(s3: Any, storage: Storage, dataset_types: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Where the ids of items and users stand, by their column, for the checks of interactions.

    A dataset of which nothing was ever recorded has no entry: nothing is unknown to it.
    """
    found = {
        ID_COLUMNS[dataset_type][0]: of(written.recorded(s3, storage, dataset_type)).uris(ROWS)
        for dataset_type in dataset_types
        if dataset_type != "interactions"
    }
    return {column: uris for column, uris in found.items() if uris}
