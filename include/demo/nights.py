"""A shop's past, cut by its own timestamps into a history and the nights after it."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

MINIMUM = 1_000  # Personalize's least number of interactions in a FULL import; a night of fewer would be refused alone
SECONDS_A_DAY = 86_400
IDS = {"items": "ITEM_ID", "users": "USER_ID"}


class TooFewInteractionsError(Exception):
    """The interactions do not fill a history and the nights after it."""


@dataclass(frozen=True)
class Part:
    """The history, or one night: its interactions, and the items and users first seen in it."""

    name: str
    tables: dict[str, pd.DataFrame]

    @property
    def rows(self) -> dict[str, int]:
        """Rows of each table."""
        return {kind: len(table) for kind, table in self.tables.items()}

    def write(self, folder: Path) -> dict[str, Path]:
        """Write <folder>/<name>/<kind>.csv for each table that has rows, and return the files by kind."""
        place = folder / self.name
        place.mkdir(parents=True, exist_ok=True)
        files = {kind: place / f"{kind}.csv" for kind, table in self.tables.items() if len(table)}
        for kind, file in files.items():
            self.tables[kind].to_csv(file, index=False)
        return files


def split(tables: dict[str, pd.DataFrame], nights: int = 2) -> list[Part]:
    """The history and then the nights, oldest first; every row is in exactly one part.

    A night is the fewest calendar days (UTC) that hold 1,000 interactions, counted back from the newest. A row whose
    TIMESTAMP is no number is history: the import is there to find it. Raises TooFewInteractionsError.
    """
    interactions = tables["interactions"]
    days = pd.to_numeric(interactions["TIMESTAMP"], errors="coerce") // SECONDS_A_DAY
    first_days = _first_days(days, nights)
    # Part 0 is the history; each night that has begun by a row's day moves the row one part further.
    part_of_row = sum((days >= day).astype(int) for day in first_days)
    parts: list[dict[str, pd.DataFrame]] = [
        {"interactions": interactions[part_of_row == part]} for part in range(nights + 1)
    ]
    for kind, column in IDS.items():
        if kind in tables:
            first_part = part_of_row.groupby(interactions[column]).min()
            part_of_id = tables[kind][column].map(first_part).fillna(0)
            for part, content in enumerate(parts):
                content[kind] = tables[kind][part_of_id == part]
    names = ["history", *(f"night-{_date(day)}" for day in first_days)]
    return [Part(name, content) for name, content in zip(names, parts, strict=True)]


def _first_days(days: pd.Series, nights: int) -> list[int]:
    """The first day of each night, oldest first."""
    counts = days.value_counts().sort_index(ascending=False)
    first_days: list[int] = []
    filled = left = 0
    for day, count in counts.items():
        if len(first_days) < nights:
            filled += count
            if filled >= MINIMUM:
                first_days.append(int(day))
                filled = 0
        else:
            left += count
    if left < MINIMUM:
        raise TooFewInteractionsError(
            f"{len(days)} interactions on {len(counts)} days do not fill a history and {nights} nights, {MINIMUM} each"
        )
    return first_days[::-1]


def _date(day: int) -> str:
    return f"{pd.Timestamp(day * SECONDS_A_DAY, unit='s'):%Y-%m-%d}"
