"""What the gathering of a night works with: its places, its database, and copies of the files that it reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from include.config import Dataset
from include.datasets.checking.column import Column
from include.datasets.night import columns, known
from include.datasets.night.database import Connection
from include.datasets.night.known import Known
from include.datasets.night.places import NightPlaces
from include.datasets.night.records import Night, Plan, Portion
from include.s3 import Place, download, upload


@dataclass(frozen=True)
class Material:
    """nights: the recorded ones, in the order in which they were recorded; scratch: a folder of this work alone."""

    s3: Any
    places: NightPlaces
    dataset: Dataset
    plan: Plan
    nights: Sequence[Night]
    connection: Connection
    memory: str
    scratch: Path

    @property
    def interactions(self) -> bool:
        """Whether the dataset is of interactions, not of items or users."""
        return self.places.dataset_type == "interactions"

    @cached_property
    def columns(self) -> list[Column]:
        """The columns of the schema."""
        return columns.of(self.dataset.fields)

    @cached_property
    def known(self) -> Known:
        """What the dataset holds before the night."""
        return known.of(self.nights)

    def copies(self, uris: Iterable[str]) -> list[Path]:
        """Files that hold the objects, in their order; copied once."""
        return [self._copy(uri) for uri in uris]

    def checked(self, portions: Iterable[Portion]) -> list[Path]:
        """Copies of the good rows of the portions that have any."""
        return self.copies(portion.checked for portion in portions if portion.checked)

    def file(self, name: str) -> Path:
        """Where to write a file that is to be uploaded."""
        return self.scratch / name

    def keep(self, file: Path, place: Place) -> str:
        """Upload a file and return its URI."""
        return upload(self.s3, file, place)

    def _copy(self, uri: str) -> Path:
        place = Place.of(uri)
        file = self.scratch / "copies" / place.key
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            download(self.s3, place, file)
        return file
