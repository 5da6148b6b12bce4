"""What a report is made of: the nights of one DAG run, and what belongs to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from include.datasets.night.records import Night
from include.datasets.report.examples import Example

ROWS = ("read", "imported", "duplicate", "quarantined", "carried")


@dataclass(frozen=True)
class Report:
    """The nights of one run of a dataset group.

    nights: as they were recorded or gathered; of a dataset that was stopped, as its night would have been, if known.
    written_at: the time that the age of the newest event is told by; has a time zone.
    jobs: the ARN of the import job, by dataset type.
    examples: quarantined rows, by dataset type.
    stopped: why nothing of a dataset was imported, by dataset type.
    """

    dataset_group: str
    run_key: str
    nights: tuple[Night, ...]
    written_at: datetime
    jobs: Mapping[str, str] = field(default_factory=dict)
    examples: Mapping[str, tuple[Example, ...]] = field(default_factory=dict)
    stopped: Mapping[str, str] = field(default_factory=dict)

    @property
    def done(self) -> tuple[Night, ...]:
        """The nights that were not stopped."""
        return tuple(night for night in self.nights if night.dataset_type not in self.stopped)

    @property
    def rows(self) -> dict[str, int]:
        """Rows of the nights done: read = imported + duplicate + quarantined + carried."""
        return {what: sum(getattr(night, f"rows_{what}") for night in self.done) for what in ROWS}

    @property
    def quarantined(self) -> int:
        """The number of rows in quarantine, of stopped nights too."""
        return sum(night.rows_quarantined for night in self.nights)

    @property
    def refused(self) -> int:
        """The number of sources of which no row was used."""
        return sum(len(night.refused) for night in self.nights)

    @property
    def warnings(self) -> int:
        """The number of warnings of the nights done; a stop has its own sentence."""
        return sum(len(night.warnings) for night in self.done)

    @property
    def newest_event(self) -> int | None:
        """The newest TIMESTAMP imported, epoch seconds; None where no night brought an event."""
        return max((night.watermark for night in self.done if night.watermark is not None), default=None)

    @property
    def brings_news(self) -> bool:
        """Whether Personalize was given rows, so that training may be worth its price."""
        return any(night.channel in ("import", "events") for night in self.done)

    @property
    def needs_a_person(self) -> bool:
        """Whether somebody should read it: a dataset stopped, a file was refused, or a check warns.

        Quarantined rows alone do not: `checks.quarantined` says how many are worth a warning.
        """
        return bool(self.stopped or self.refused or self.warnings)
