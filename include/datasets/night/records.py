"""What is written down about a night: its plan, what was found in each portion, and what was made of it.

One dataset of one DAG run is one night. In the workspace:

    nights/<dataset>/<run_key>/plan.json                 the claim: what the night takes; nobody else takes it
    nights/<dataset>/<run_key>/checked/part-00000.*      good rows of a portion (parquet) and its counts (json)
    nights/<dataset>/<run_key>/rows.parquet              the archive: the rows that the night gave Personalize
    nights/<dataset>/<run_key>/known/*.parquet           what the dataset holds after the night
    nights/<dataset>/<run_key>/night.json                counts, sources, watermark, statistics
    quarantine/<dataset>/<run_key>/part-00000.csv        rows as they came, with source, line and reason
    staged/<dataset>/<run_key>/                          the CSV files of the import job
    imported/<dataset>/<run_key>.json                    the night again, written once Personalize has it
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Channel = Literal["import", "events", "carried", "nothing"]

WHOLE_ROW = "whole row"  # what counts call the reason where no column is to blame


@dataclass(frozen=True)
class SourceObject:
    """An object in S3; its ETag changes with its bytes. A night takes an object whole, and only once."""

    uri: str
    etag: str
    size: int


@dataclass(frozen=True)
class Window:
    """The part of a query's rows that a night takes: low < high-water column <= high, as text; low None is all."""

    low: str | None
    high: str
    lookback: int = 0


@dataclass(frozen=True)
class Plan:
    """What a night takes. `portions` are positions in `sources`, one tuple a mapped task; a window is one portion."""

    run_key: str
    dag_id: str
    run_id: str
    dataset_type: str
    sources: tuple[SourceObject, ...] = ()
    portions: tuple[tuple[int, ...], ...] = ()
    window: Window | None = None


@dataclass(frozen=True)
class Portion:
    """What was found in a portion: rows_read = rows_good + rows_quarantined.

    reasons: how many rows were quarantined, by column ("whole row" where none is to blame).
    refused: sources that are not the dataset at all, {"uri", "reason"}; none of their rows was read.
    """

    number: int
    rows_read: int
    rows_good: int
    rows_quarantined: int
    reasons: Mapping[str, int]
    refused: tuple[Mapping[str, str], ...]
    checked: str | None  # URI of the parquet file, None where no row is good
    quarantine: str | None  # URI of the CSV file, None where no row was quarantined


@dataclass(frozen=True)
class Night:
    """A night, counted: rows_read = rows_imported + rows_duplicate + rows_quarantined + rows_carried.

    rows_imported: rows given to Personalize, by the import job or by PutEvents.
    rows_duplicate: repeated (the same row again), unchanged (an item or user as Personalize has it already), or
        superseded (an item or user of which a later row came the same night); `duplicates` has the three.
    rows_carried: good rows of a night too small to import; their sources are taken by the next night.
    """

    run_key: str
    dataset_type: str
    channel: Channel
    import_mode: Literal["FULL", "INCREMENTAL"]
    rows_read: int
    rows_imported: int
    rows_quarantined: int
    rows_carried: int
    duplicates: Mapping[str, int]  # repeated, unchanged, superseded
    location: str | None  # S3 folder of the import job, ending in a slash
    archive: str | None  # URI of rows.parquet
    known: Mapping[str, str]  # column: URI; what the dataset holds after the night
    watermark: int | None  # newest TIMESTAMP of the rows imported, epoch seconds
    oldest: int | None  # and the oldest
    reasons: Mapping[str, int]
    quarantine: tuple[str, ...]
    refused: tuple[Mapping[str, str], ...]
    statistics: Mapping[str, Any]
    warnings: tuple[str, ...]
    note: str
    sources: tuple[SourceObject, ...] = ()
    window: Window | None = None
    fields: tuple[Mapping[str, Any], ...] = field(default=())  # the schema the rows were staged by
    base: str | None = None  # run_key of the recorded night whose known rows and ids this one's start from
    recorded_at: str | None = None  # ISO 8601, UTC, to the microsecond: nights are ordered by it; None until recorded
    import_job: str | None = None  # ARN of the import job

    def __post_init__(self) -> None:
        accounted = self.rows_imported + self.rows_duplicate + self.rows_quarantined + self.rows_carried
        if self.rows_read != accounted:
            raise ValueError(
                f"{self.dataset_type} of {self.run_key}: {self.rows_read} rows were read, {accounted} accounted for. "
                "Nothing was imported. This is a defect of the programme: please report it."
            )

    @property
    def rows_duplicate(self) -> int:
        """Rows that Personalize has already, or will have from another row of the night."""
        return sum(self.duplicates.values())
