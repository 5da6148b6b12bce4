"""Quarantined rows read back, a few, as examples."""

import csv
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

from include.datasets.night.records import WHOLE_ROW
from include.s3 import Place, open_text

ROWS_LOOKED_AT = 1_000  # of each file: a reason that first comes later stays without an example
MOST_CHARACTERS = 500  # of an example; the quarantine has the whole row


@dataclass(frozen=True)
class Example:
    """A quarantined row: where it stands, why it was not imported, and the row as it came."""

    source: str
    line: int
    column: str
    reason: str
    row: str


def first_of_each_column(s3: Any, quarantine: Sequence[str]) -> tuple[Example, ...]:
    """Read the first row that each column is to blame for, from the beginnings of a night's quarantine files (URIs)."""
    found: dict[str, Example] = {}
    with _longer_cells():
        for uri in quarantine:
            with open_text(s3, Place.of(uri)) as file:
                for row in islice(csv.DictReader(file), ROWS_LOOKED_AT):
                    column = row["column"] or WHOLE_ROW
                    if column not in found:
                        text = row["row"].rstrip("\r\n")[:MOST_CHARACTERS]
                        found[column] = Example(row["source"], int(row["line"]), column, row["reason"], text)
    return tuple(found.values())


@contextmanager
def _longer_cells() -> Iterator[None]:
    """A row as it came may be longer than csv would have it; its limit is the whole process's, so it is put back."""
    limit = csv.field_size_limit(sys.maxsize)
    try:
        yield
    finally:
        csv.field_size_limit(limit)
