"""How a night goes to Personalize: by an import job, by PutEvents, with the next night, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from include.config import Dataset
from include.datasets.night.records import Channel, Night

MINIMUM = 1_000  # interactions; Personalize refuses a smaller import
MOST_INCREMENTAL_BYTES = 10**9  # Personalize refuses a larger INCREMENTAL import


@dataclass(frozen=True)
class Way:
    """channel, import_mode, and the nights whose archives are imported again together with this one."""

    channel: Channel
    import_mode: Literal["FULL", "INCREMENTAL"]
    again: tuple[Night, ...]
    reason: str


def decide(
    dataset_type: str, dataset: Dataset, rows: int, nights: Sequence[Night], has_import: bool, now: datetime
) -> Way:
    """Decide by the number of new rows, the recorded nights, and whether Personalize has an import of the dataset."""
    everything = everything_again(nights, has_import)
    again = everything if not has_import or _due(dataset, nights, now) else ()
    if rows == 0 and (has_import or not again):
        return Way("nothing", "INCREMENTAL", (), "nothing new")
    total = rows + sum(night.rows_imported for night in again)
    if dataset_type == "interactions" and total < MINIMUM:
        return _small(dataset, rows)
    if has_import and not again:
        return Way("import", "INCREMENTAL", (), "")
    reason = "full_every_days is over" if has_import else "Personalize has no import of the dataset yet"
    return Way("import", "FULL", again, reason)


def everything_again(nights: Sequence[Night], has_import: bool) -> tuple[Night, ...]:
    """The nights that a FULL import replaces: those imported; what was sent as events stays while the dataset does."""
    imported = [night for night in nights if night.channel == "import"]
    gone = bool(imported) and not has_import  # the dataset was deleted, and its events with it
    return tuple(night for night in nights if night.channel == "import" or (gone and night.channel == "events"))


def full_recorded(nights: Sequence[Night]) -> Night | None:
    """The newest FULL import; without one, the archives are not all that Personalize has."""
    return next((n for n in reversed(nights) if n.channel == "import" and n.import_mode == "FULL"), None)


def full_for_size(nights: Sequence[Night]) -> Way:
    """The way of a night that is too large to be an increment."""
    reason = f"the night has more than the {MOST_INCREMENTAL_BYTES:,} bytes that an INCREMENTAL import may have"
    return Way("import", "FULL", everything_again(nights, True), reason)


def _due(dataset: Dataset, nights: Sequence[Night], now: datetime) -> bool:
    newest = full_recorded(nights)
    if dataset.full_every_days is None or newest is None or newest.recorded_at is None:
        return False
    return now - datetime.fromisoformat(newest.recorded_at) >= timedelta(days=dataset.full_every_days)


def _small(dataset: Dataset, rows: int) -> Way:
    fewer = f"{rows:,} interactions are fewer than the {MINIMUM:,} that Personalize imports at a time"
    if rows == 0:
        return Way("nothing", "INCREMENTAL", (), "nothing new")
    if dataset.small_night == "events":
        return Way("events", "INCREMENTAL", (), f"{fewer}: sent as events")
    return Way("carried", "INCREMENTAL", (), f"{fewer}: they stay where they are and go with the next night's")
