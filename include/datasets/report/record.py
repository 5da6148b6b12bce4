"""A report as a JSON record."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from include.datasets.night.records import Night
from include.datasets.report.report import ROWS, Report
from include.datasets.report.sentences import headline


def as_record(report: Report) -> dict[str, Any]:
    """The run's counts, and each dataset's counts, sources, reasons, warnings and places; times are UTC.

    The nights that were stopped stand under `would_have_been`, and are not in the run's counts.
    """
    return {
        "dataset_group": report.dataset_group,
        "run_key": report.run_key,
        "written_at": report.written_at.astimezone(UTC).isoformat(),
        "headline": headline(report),
        "needs_a_person": report.needs_a_person,
        **{f"rows_{what}": number for what, number in report.rows.items()},
        "newest_event": _time(report.newest_event),
        "stopped": dict(report.stopped),
        "datasets": {night.dataset_type: _dataset(report, night) for night in report.done},
        "would_have_been": {
            night.dataset_type: _dataset(report, night) for night in report.nights if night not in report.done
        },
    }


def _dataset(report: Report, night: Night) -> dict[str, Any]:
    return {
        **{f"rows_{what}": getattr(night, f"rows_{what}") for what in ROWS},
        "channel": night.channel,
        "import_mode": night.import_mode,
        "duplicates": dict(night.duplicates),
        "reasons": dict(night.reasons),
        "quarantine": list(night.quarantine),
        "examples": [asdict(example) for example in report.examples.get(night.dataset_type, ())],
        "refused": [dict(source) for source in night.refused],
        "warnings": list(night.warnings),
        "watermark": night.watermark,
        "newest_event": _time(night.watermark),
        "location": night.location,
        "archive": night.archive,
        "dataset_import_job_arn": report.jobs.get(night.dataset_type),
        "sources": [asdict(source) for source in night.sources],
        "window": asdict(night.window) if night.window else None,
        "statistics": dict(night.statistics),
        "note": night.note,
    }


def _time(epoch_seconds: int | None) -> str | None:
    return None if epoch_seconds is None else datetime.fromtimestamp(epoch_seconds, UTC).isoformat()
