"""Interactions with items or users that their own datasets lack: allowed, told, or quarantined."""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from include.datasets.checking.column import Column
from include.datasets.night import ids
from include.datasets.night.checked_rows import QUARANTINE_HEADER, as_csv
from include.datasets.night.columns import listed, quoted
from include.datasets.night.database import Connection
from include.datasets.night.rows import drop

UNKNOWN = "unknown"
NAME = "unknown-ids"  # of the quarantine file
DATASETS = {"ITEM_ID": "items", "USER_ID": "users"}
ROWS_AT_ONCE = 10_000


def warnings(connection: Connection, theirs: Mapping[str, Sequence[Path]]) -> list[str]:
    """Say of each column how many rows have ids that their dataset lacks; makes the tables that quarantine reads."""
    said = []
    for column, files in theirs.items():
        rows, number, few = ids.find_unknown(connection, column, files)
        if rows:
            more = ", …" if number > len(few) else ""
            said.append(
                f"{rows:,} interactions have one of {number:,} ids that the {DATASETS[column]} dataset lacks "
                f"({column} {', '.join(few)}{more})"
            )
    return said


def quarantine(
    connection: Connection,
    theirs: Mapping[str, Sequence[Path]],
    columns: Sequence[Column],
    sources: Sequence[str],
    file: Path,
) -> Counter[str]:
    """Drop these rows and write them as CSV, with source, line, column and reason; returns how many, by column."""
    reasons: Counter[str] = Counter()
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(QUARANTINE_HEADER)
        for column in theirs:
            unknown = f"FROM kept WHERE {quoted(column)} IN (SELECT id FROM {ids.unknown_table(column)})"
            found = connection.execute(f"SELECT _source, _line, {listed(columns)} {unknown} ORDER BY _source, _line")
            while rows := found.fetchmany(ROWS_AT_ONCE):
                reasons[column] += len(rows)
                writer.writerows(_quarantined(column, row, columns, sources) for row in rows)
            drop(connection, columns, f"SELECT * {unknown}", UNKNOWN)
    return +reasons


def _quarantined(column: str, row: Sequence[object], columns: Sequence[Column], sources: Sequence[str]) -> list[str]:
    source, line, *cells = row
    named = {found.name: cell for found, cell in zip(columns, cells, strict=True)}
    reason = f"{column} {named[column]!r:.40} is not in the {DATASETS[column]} dataset"
    return [sources[int(str(source))], str(line), column, reason, as_csv(cells)]
