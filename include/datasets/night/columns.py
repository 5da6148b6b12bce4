"""The schema's columns in SQL: their types, and their values in rows that are older than the schema."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from include.datasets.checking.column import Column

SQL_TYPES = {
    "string": "VARCHAR",
    "int": "BIGINT",
    "long": "BIGINT",
    "float": "DOUBLE",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
}


def of(fields: Iterable[Mapping[str, Any]]) -> list[Column]:
    """The columns of a schema, in its order."""
    return [Column.of(field, field["name"]) for field in fields]


def schema(columns: Iterable[Column]) -> pa.Schema:
    """The columns as a table has them."""
    return pa.schema([(column.name, column.arrow) for column in columns])


def quoted(name: str) -> str:
    """A name as SQL spells it."""
    return '"' + name.replace('"', '""') + '"'


def listed(columns: Sequence[Column], of_table: str = "") -> str:
    """The columns, separated by commas."""
    prefix = f"{of_table}." if of_table else ""
    return ", ".join(prefix + quoted(column.name) for column in columns)


def as_they_are_now(columns: Sequence[Column], present: Collection[str]) -> str:
    """Select the columns from rows that have only those `present`: what is newer is null."""
    values = {name: quoted(name) for name in present}
    return ", ".join(
        f"{values.get(column.name, 'NULL')}::{SQL_TYPES[column.kind]} AS {quoted(column.name)}" for column in columns
    )


def same(columns: Sequence[Column], left: str, right: str) -> str:
    """The condition that two rows are equal, nulls included."""
    return " AND ".join(
        f"{left}.{quoted(column.name)} IS NOT DISTINCT FROM {right}.{quoted(column.name)}" for column in columns
    )
