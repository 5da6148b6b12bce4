"""Checks of one file: a row either fits the schema or is set aside with its line, its reason and its own text."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from include.datasets import cells


class UnusableFileError(Exception):
    """A file cannot be read as the dataset; the message names file, line and remedy."""


@dataclass(frozen=True)
class SetAside:
    """A row that must not be imported; `text` is the row as it came, `column` the one to blame, if one is."""

    line: int
    column: str
    reason: str
    text: str


class _Recorder:
    """Hands on lines and keeps those since the last look, so that a row can be set aside as it came."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._kept: list[str] = []
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._kept.append(line)
        self.number += 1
        return line

    def taken(self) -> str:
        text = "".join(self._kept)
        self._kept.clear()
        return text


def rows(source: str, lines: Iterable[str], fields: Sequence[Mapping[str, Any]]) -> Iterator[list[str] | SetAside]:
    """Yield each data row of a CSV: its cells in the schema's order, or the row set aside.

    Columns the schema does not know are left out; columns that may be null may be missing and come out empty.
    Raises UnusableFileError if the header lacks a required column, or the text is not UTF-8 or not CSV.
    """
    recorder = _Recorder(lines)
    reader = csv.reader(recorder)
    try:
        header = next(reader, None)
        positions = _positions(source, header, fields)
        checks = {field["name"]: cells.cell_check(field) for field in fields}
        width = len(header or [])
        recorder.taken()
        while True:
            line = recorder.number + 1
            try:
                row = next(reader)
            except StopIteration:
                return
            text = recorder.taken()
            if not row:
                continue  # an empty line is no row
            yield _checked(row, line, text, width, positions, checks)
    except UnicodeDecodeError as error:
        raise UnusableFileError(
            f"{source}, near line {recorder.number + 1}: not UTF-8 ({error.reason}). Save it as UTF-8."
        ) from error
    except csv.Error as error:
        raise UnusableFileError(f"{source}, line {recorder.number}: not CSV ({error}).") from error


def _positions(source: str, header: list[str] | None, fields: Sequence[Mapping[str, Any]]) -> list[int | None]:
    if header is None:
        raise UnusableFileError(f"{source}, line 1: the file is empty. The first line must name the columns.")
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise UnusableFileError(f"{source}, line 1: column {', '.join(twice)} stands twice. Name each column once.")
    missing = [field["name"] for field in fields if field["name"] not in header and not cells.nullable(field)]
    if missing:
        raise UnusableFileError(
            f"{source}, line 1: column {', '.join(missing)} is missing; found {', '.join(header)}. "
            "Add it, or let it be null in the schema."
        )
    return [header.index(field["name"]) if field["name"] in header else None for field in fields]


def _checked(
    row: list[str], line: int, text: str, width: int, positions: list[int | None], checks: dict[str, cells.CellCheck]
) -> list[str] | SetAside:
    if len(row) != width:
        return SetAside(line, "", f"{len(row)} cells where the header has {width}", text)
    kept = ["" if position is None else row[position] for position in positions]
    for cell, (name, check) in zip(kept, checks.items(), strict=True):
        problem = check(cell)
        if problem:
            return SetAside(line, name, f"{name} {problem}", text)
    return kept
