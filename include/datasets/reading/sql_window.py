"""What of a query's rows is new: a window of its high-water column, as text that survives JSON."""

import logging
import math
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

from include.config import SqlSource
from include.datasets.night.records import Window
from include.datasets.reading.chunk import UnusableFileError

Mark: TypeAlias = int | Decimal | date | datetime

DAY = 86_400
log = logging.getLogger(__name__)


def next_window(
    cursor: Any,
    source: SqlSource,
    last_high: str | None,
    placeholder: str = "%s",
    quote: str = '"{}"',
    now: datetime | None = None,
) -> Window | None:
    """What is new since the mark that the last imported night reached; None if nothing is. Low and high are both taken.

    The window begins `lookback` below that mark, for rows committed late, and ends at the highest mark there is now;
    marks in the future (`now`, UTC) wait until their time has come, or they would hide what comes until then.
    placeholder, quote: how the driver spells a parameter, and the database a name.
    Raises UnusableFileError if the query has no such column, or it is no timestamp, date or whole number.
    """
    _check_columns(cursor, source, placeholder)
    column, rows = spelled(source.high_water, placeholder, quote), subselect(source, placeholder)
    high = _one(cursor, f"SELECT max({column}) FROM {rows}")
    if high is None:
        return None
    _check_type(source, high)
    present = _as_kind_of(high, now or datetime.now(UTC))
    if present is not None and high > present:
        log.warning("%s: %s lies in the future; rows beyond now wait for their time", source.high_water, high)
        high = _one(cursor, f"SELECT max({column}) FROM {rows} WHERE {column} <= {placeholder}", (present,))
        if high is None:
            return None
    if last_high is None:
        return Window(low=None, high=text_of(high), lookback=source.lookback)
    last = _comparable(source, mark_of(last_high), high)
    if high <= last:
        return None
    return Window(low=text_of(_below(last, source.lookback)), high=text_of(high), lookback=source.lookback)


def mark_of(text: str) -> Mark:
    """Read a mark back, in the type it was written from. Raises ValueError if the text is no mark."""
    if re.fullmatch(r"-?[0-9]+", text):
        return int(text)
    if re.fullmatch(r"-?[0-9]+\.[0-9]+", text):
        return Decimal(text)
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return date.fromisoformat(text)
    return datetime.fromisoformat(text)


def text_of(mark: Mark) -> str:
    """Write a mark down: digits, or ISO 8601, in UTC where it has a zone."""
    if isinstance(mark, datetime):
        return (mark.astimezone(UTC) if mark.tzinfo else mark).isoformat()
    return mark.isoformat() if isinstance(mark, date) else f"{mark:f}" if isinstance(mark, Decimal) else str(mark)


def subselect(source: SqlSource, placeholder: str) -> str:
    """Spell the query as a table named night; a line break ends a comment that the query may end with."""
    return f"(\n{_literal(source.query, placeholder)}\n) night"


def spelled(name: str, placeholder: str, quote: str) -> str:
    """Spell the name of a column, whatever is in it."""
    return quote.format(_literal(name, placeholder).replace(quote[-1], quote[-1] * 2))


def _literal(sql: str, placeholder: str) -> str:
    """Drivers that take %s for a parameter take %% for the sign itself."""
    return sql.replace("%", "%%") if placeholder == "%s" else sql


def _one(cursor: Any, statement: str, parameters: Sequence[Any] = ()) -> Any:
    cursor.execute(statement, parameters)
    return cursor.fetchone()[0]


def _check_columns(cursor: Any, source: SqlSource, placeholder: str) -> None:
    cursor.execute(f"SELECT * FROM {subselect(source, placeholder)} WHERE 1 = 0", ())
    names = [column[0] for column in cursor.description]
    if source.high_water not in names:
        raise UnusableFileError(
            f"source.sql.high_water: {source.high_water}: the query has no such column. Allowed: one of "
            f"{', '.join(names)}, spelled in just this way."
        )


def _check_type(source: SqlSource, high: Any) -> None:
    if isinstance(high, bool) or not isinstance(high, Mark):
        raise UnusableFileError(
            f"source.sql.high_water: {source.high_water} is of type {type(high).__name__} ({high!r:.40}), which tells "
            "no new row from an old one. Allowed: a timestamp, a date or a whole number; CAST it in the query."
        )


def _as_kind_of(mark: Mark, moment: datetime) -> Mark | None:
    """The moment in the type of a mark; None if it is a number, whose unit nobody knows."""
    if isinstance(mark, datetime):
        return moment.astimezone(UTC) if mark.tzinfo else moment.astimezone(UTC).replace(tzinfo=None)
    return moment.astimezone(UTC).date() if isinstance(mark, date) else None


def _comparable(source: SqlSource, last: Mark, high: Mark) -> Any:
    if isinstance(last, datetime) and isinstance(high, datetime):
        return _as_kind_of(high, last if last.tzinfo else last.replace(tzinfo=UTC))
    if _kind(last) != _kind(high):
        raise UnusableFileError(
            f"source.sql.high_water: {source.high_water} is {text_of(high)} now, and was {text_of(last)} when the last "
            "night was imported: another type. CAST it in the query to the type it had."
        )
    return last


def _kind(mark: Mark) -> type:
    return next((kind for kind in (datetime, date) if isinstance(mark, kind)), int)


def _below(last: Any, lookback: int) -> Any:
    if isinstance(last, datetime):
        return last - timedelta(seconds=lookback)
    return last - timedelta(days=math.ceil(lookback / DAY)) if isinstance(last, date) else last - lookback
