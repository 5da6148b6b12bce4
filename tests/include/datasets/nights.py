"""Nights for tests: each names the facts it is about, and nothing happened otherwise."""

from typing import Any

from include.datasets.night.records import Night

RUN = "20261122T010000-1a2b3c4d"


def night(dataset_type: str = "interactions", **facts: Any) -> Night:
    """A night of RUN of which nothing was read, but for the facts."""
    nothing: dict[str, Any] = {
        "run_key": RUN,
        "dataset_type": dataset_type,
        "channel": "nothing",
        "import_mode": "INCREMENTAL",
        "rows_read": 0,
        "rows_imported": 0,
        "rows_quarantined": 0,
        "rows_carried": 0,
        "duplicates": {"repeated": 0, "unchanged": 0, "superseded": 0},
        "location": None,
        "archive": None,
        "known": {},
        "watermark": None,
        "oldest": None,
        "reasons": {},
        "quarantine": (),
        "refused": (),
        "statistics": {},
        "warnings": (),
        "note": "",
    }
    return Night(**(nothing | facts))
