"""Where the things of a night lie, in S3."""

from dataclasses import dataclass

from include.config import Storage
from include.s3 import Place


def nights(storage: Storage, dataset_type: str) -> Place:
    """The folder that has a folder for every night that was ever planned."""
    return Place.of(storage.workspace) / "nights" / dataset_type


def imported(storage: Storage, dataset_type: str) -> Place:
    """The folder of the records: a night stands here once Personalize has its rows."""
    return Place.of(storage.workspace) / "imported" / dataset_type


@dataclass(frozen=True)
class NightPlaces:
    """The places of one night; the docstring of records.py says what lies in each."""

    storage: Storage
    dataset_type: str
    run_key: str

    @property
    def folder(self) -> Place:
        """All that the night has but its quarantine, its staged files and its record."""
        return nights(self.storage, self.dataset_type) / self.run_key

    @property
    def plan(self) -> Place:
        """The claim."""
        return self.folder / "plan.json"

    @property
    def night(self) -> Place:
        """What was made of the night."""
        return self.folder / "night.json"

    @property
    def archive(self) -> Place:
        """The rows that the night gives Personalize."""
        return self.folder / "rows.parquet"

    @property
    def sent(self) -> Place:
        """How far the night has been sent as events."""
        return self.folder / "sent.json"

    @property
    def staged(self) -> Place:
        """The folder of the import job's CSV files."""
        return Place.of(self.storage.workspace) / "staged" / self.dataset_type / self.run_key

    @property
    def record(self) -> Place:
        """The night again, once Personalize has it."""
        return imported(self.storage, self.dataset_type) / f"{self.run_key}.json"

    def known(self, name: str) -> Place:
        """Ids of a column, or the newest rows."""
        return self.folder / "known" / f"{name}.parquet"

    def checked(self, number: int) -> Place:
        """The good rows of a portion."""
        return self.folder / "checked" / f"part-{number:05}.parquet"

    def counts(self, number: int) -> Place:
        """What was found in a portion."""
        return self.folder / "checked" / f"part-{number:05}.json"

    def quarantine(self, name: str) -> Place:
        """Rows as they came, with their reasons."""
        return Place.of(self.storage.workspace) / "quarantine" / self.dataset_type / self.run_key / f"{name}.csv"
