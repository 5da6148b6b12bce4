"""Values of a database driver, spelled as the text of a cell."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class NoTextError(Exception):
    """A value that is not one value of text, a number or a time; the message is the reason to quarantine its row."""


def texts(values: Sequence[Any], wants_text: bool) -> tuple[list[str | None], dict[int, str]]:
    """Spell the values of a column, null as None; with them, by position, why a value could not be.

    A date or a time becomes epoch seconds, floored; without a zone it is UTC. With `wants_text` it becomes ISO text.
    """
    kinds = set(map(type, values)) - {type(None)}
    if kinds <= {str}:
        return list(values), {}
    if kinds <= set(SPELL) and not (wants_text and kinds & {date, datetime}):
        return [None if value is None else SPELL[type(value)](value) for value in values], {}
    cells: list[str | None] = []
    faults: dict[int, str] = {}
    for position, value in enumerate(values):
        try:
            cells.append(None if value is None else _text(value, wants_text))
        except NoTextError as fault:
            faults[position] = str(fault)
            cells.append(None)
    return cells, faults


def as_json(row: Mapping[str, Any]) -> str:
    """Spell a row as it came; what JSON lacks becomes text, bytes become hexadecimal."""
    return json.dumps(row, ensure_ascii=False, default=_as_json)


def _text(value: Any, wants_text: bool) -> str:
    spell = SPELL.get(type(value)) or next((how for kind, how in SPELL.items() if isinstance(value, kind)), None)
    if spell is None:
        raise NoTextError(
            f"is a value of type {type(value).__name__}; make text, a number or a time of it in the query"
        )
    if wants_text and isinstance(value, date):
        return value.isoformat()
    return spell(value)


def _epoch_seconds(value: date) -> str:
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    return str(((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - EPOCH) // SECOND)


# In this order: a bool is an int, too, and a datetime is a date.
SPELL: dict[type, Callable[[Any], str]] = {
    str: str,
    bool: lambda value: "true" if value else "false",
    int: str,
    float: repr,
    Decimal: "{:f}".format,
    datetime: _epoch_seconds,
    date: _epoch_seconds,
    time: time.isoformat,
    UUID: str,
}


def _as_json(value: Any) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    return value.isoformat() if isinstance(value, date | time) else str(value)
