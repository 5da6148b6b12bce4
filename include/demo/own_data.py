"""Anyone's interactions.csv, items.csv and users.csv, looked at before anything is started."""

import re
from pathlib import Path
from typing import Any

import pandas as pd

from include.demo.failure import DemoError

NEEDED = {
    "interactions": ["USER_ID", "ITEM_ID", "TIMESTAMP"],
    "items": ["ITEM_ID"],
    "users": ["USER_ID"],
}
# Personalize's own types of the fields it knows.
KNOWN_TYPES: dict[str, str | list[str]] = {
    "USER_ID": "string",
    "ITEM_ID": "string",
    "TIMESTAMP": "long",
    "EVENT_TYPE": "string",
    "EVENT_VALUE": ["float", "null"],
    "CREATION_TIMESTAMP": ["long", "null"],
}
COLUMN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
WHOLE_NUMBER = r"[+-]?\d{1,18}"
NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"


def read(folder: Path) -> dict[str, pd.DataFrame]:
    """The tables found in the folder, as text.

    Raises DemoError with every problem, each naming file, column and remedy.
    """
    if not folder.is_dir():
        raise DemoError(f"DATA={folder} is no folder: give one that holds interactions.csv, and items.csv "
                        "and users.csv if you have them.")  # fmt: skip
    if not (folder / "interactions.csv").is_file():
        raise DemoError(f"{folder / 'interactions.csv'} is missing: put it there, with the columns "
                        f"{', '.join(NEEDED['interactions'])}.")  # fmt: skip
    found = {kind: folder / f"{kind}.csv" for kind in NEEDED if (folder / f"{kind}.csv").is_file()}
    tables = {kind: _read(file) for kind, file in found.items()}
    problems = [problem for kind, table in tables.items() for problem in _problems(kind, found[kind], table)]
    if problems:
        raise DemoError("\n".join(problems))
    return tables


def schema(kind: str, table: pd.DataFrame) -> list[dict[str, Any]]:
    """The fields of the table's Avro record: types read off the cells, null where some cell is empty."""
    return [_field(column, table[column], columns_needed=NEEDED[kind]) for column in table.columns]


def _field(column: str, cells: pd.Series, columns_needed: list[str]) -> dict[str, Any]:
    filled = cells[cells != ""]
    kind = KNOWN_TYPES.get(column) or _type_of(filled)
    may_be_empty = len(filled) < len(cells) and column not in columns_needed
    field: dict[str, Any] = {"name": column, "type": [kind, "null"] if may_be_empty and isinstance(kind, str) else kind}
    # Words that come back again and again are a category; words that do not are a title.
    if kind == "string" and column not in KNOWN_TYPES and filled.nunique() * 2 <= len(filled):
        field["categorical"] = True
    return field


def _type_of(filled: pd.Series) -> str:
    if len(filled) and filled.str.fullmatch(WHOLE_NUMBER).all():
        return "long"
    if len(filled) and filled.str.fullmatch(NUMBER).all():
        return "double"
    return "string"


def _problems(kind: str, file: Path, table: pd.DataFrame) -> list[str]:
    columns = list(table.columns)
    problems = [
        f"{file}, line 1: column {needed} is missing among {', '.join(columns)}: add it, or rename the one that has it."
        for needed in NEEDED[kind]
        if needed not in columns
    ]
    problems += [
        f"{file}, line 1: column {column!r} is no name Personalize takes: use letters, digits and underscores."
        for column in columns
        if not COLUMN_NAME.fullmatch(column)
    ]
    if table.empty:
        problems.append(f"{file}: no rows below the header: fill it, or take it out of the folder.")
    if kind != "interactions" and len(columns) == 1:
        problems.append(f"{file}, line 1: only {columns[0]}: Personalize wants one more column of metadata; "
                        "add one, or take the file out of the folder.")  # fmt: skip
    return problems


def _read(file: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8")
    except pd.errors.EmptyDataError:
        raise DemoError(f"{file} is empty: it needs a header line and rows.") from None
    except pd.errors.ParserError as error:
        raise DemoError(f"{file} is not a CSV file ({str(error).strip()}): mend that line.") from None
    except UnicodeDecodeError as error:
        raise DemoError(f"{file} is not UTF-8 (byte {error.start}): save it as UTF-8.") from None
    except OSError as error:
        raise DemoError(f"{file} cannot be read ({error.strerror}): change its permissions.") from None
