"""Strings: ids, event types, categories, texts, and lists of the items that were shown."""

import re
import unicodedata

from include.datasets.checking.column import RESERVED, Column
from include.datasets.checking.problem import BadCellError

# As ids or event types these would gather the rows of everybody who has none.
MISSING = ("null", "none", "nan", "n/a", "#n/a", "nil", "undefined", "<na>", "(null)", "\\n")
IMPRESSION_ITEMS = 25  # as many as PutEvents takes

LINE_BREAKS = re.compile(r"\r\n|[\n\r]")
TEXT_BREAKS = re.compile(r"\r\n|[\t\n\v\f\r]")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def read_string(column: Column, cell: str) -> str:
    """Read a string that is not blank; line breaks and tabs of a text become blanks. Raises BadCellError."""
    if column.textual:
        cell = TEXT_BREAKS.sub(" ", cell)
    if column.is_key and cell.strip().lower() in MISSING:
        raise BadCellError(f"is {cell!r}, which looks like a missing value")
    if cell in column.headings:
        raise BadCellError(f"is {cell!r}, its own name: a header within the rows, it seems")
    if cell in RESERVED:
        raise BadCellError(f"is {cell!r}, a word that Personalize reserves for its columns")
    if column.length and len(cell) > column.length:
        raise BadCellError(f"has {len(cell)} characters; Personalize allows {column.length}")
    _check_characters(column, cell)
    if column.name == "IMPRESSION":
        _check_impression(cell)
    return cell


def _check_characters(column: Column, cell: str) -> None:
    if LINE_BREAKS.search(cell):
        raise BadCellError("has a line break; Personalize takes one record a line")
    if found := CONTROL.search(cell):
        raise BadCellError(f"has the control character U+{ord(found[0]):04X}")
    if not column.is_key:
        return
    if cell != cell.strip():
        raise BadCellError(f"is {cell!r:.40}, with blanks around it")
    if found := INVISIBLE.search(cell):
        name = unicodedata.name(found[0], "nameless").lower()
        raise BadCellError(f"has the invisible character U+{ord(found[0]):04X} ({name})")


def _check_impression(cell: str) -> None:
    items = cell.split("|")
    if not all(item.strip() for item in items):
        raise BadCellError("has an empty item between its bars")
    if len(items) > IMPRESSION_ITEMS:
        raise BadCellError(f"has {len(items)} items; Personalize allows {IMPRESSION_ITEMS}")
    if longest := [item for item in items if len(item) > 256]:
        raise BadCellError(f"has an item of {len(longest[0])} characters; Personalize allows 256")
