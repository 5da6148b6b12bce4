"""Data put record by record (PutEvents, PutItems, PutUsers, PutActions, PutActionInteractions), beside the bulk data.

Every record has a number, seq, which grows in the order in which records came; a training remembers the last it read.
Imports never touch this data: a FULL import replaces bulk data only.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
import pyarrow as pa

from include.local_personalize.datasets.avro_schema import AvroSchema, Column, key
from include.local_personalize.datasets.csv_to_parquet import ARROW_TYPES
from include.local_personalize.engine import StreamedEvent

VISITED = """coalesce(user_id, (
    SELECT later.user_id FROM put_events AS later
    WHERE later.dataset_arn = put_events.dataset_arn AND later.session_id = put_events.session_id
    AND later.user_id IS NOT NULL AND later.seq BETWEEN put_events.seq AND :up_to
    ORDER BY later.seq LIMIT 1
))"""
IMPRESSION = "IMPRESSION"
NEWEST = "SELECT max(seq) FROM put_records WHERE dataset_arn = :dataset AND seq <= :up_to GROUP BY id"


@dataclass(frozen=True)
class Event:
    """One event as put; record maps columns to values and always has the item, EVENT_TYPE and TIMESTAMP."""

    session_id: str
    user_id: str | None
    event_id: str | None
    source: str | None
    record: Mapping[str, Any]


def add_events(connection: sqlite3.Connection, dataset_arn: str, received: float, events: Iterable[Event]) -> None:
    """Keep events, received at a moment in epoch seconds."""
    for event in events:
        repeated = event.event_id is not None and _has_event(connection, dataset_arn, event.event_id)
        connection.execute(
            "INSERT INTO put_events"
            " (seq, dataset_arn, visitor, user_id, session_id, event_id, repeated, source, received, record)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                next_number(connection),
                dataset_arn,
                event.user_id or event.session_id,
                event.user_id,
                event.session_id,
                event.event_id,
                repeated,
                event.source,
                received,
                orjson.dumps(event.record).decode(),
            ),
        )


def _has_event(connection: sqlite3.Connection, dataset_arn: str, event_id: str) -> bool:
    query = "SELECT 1 FROM put_events WHERE dataset_arn = ? AND event_id = ? LIMIT 1"
    return connection.execute(query, (dataset_arn, event_id)).fetchone() is not None


def add_records(
    connection: sqlite3.Connection, dataset_arn: str, records: Iterable[tuple[str, Mapping[str, Any]]]
) -> None:
    """Keep items, users or actions, each an id with all its columns; older records of the id count no longer."""
    values = [(next_number(connection), dataset_arn, each, orjson.dumps(record).decode()) for each, record in records]
    query = "INSERT INTO put_records (seq, dataset_arn, id, replaced, record) VALUES (?, ?, ?, FALSE, ?)"
    connection.executemany(query, values)


def next_number(connection: sqlite3.Connection) -> int:
    """A number that no record of any dataset had, even one that is gone."""
    return int(connection.execute("UPDATE put_numbers SET last = last + 1 RETURNING last").fetchone()[0])


def last_seq(connection: sqlite3.Connection, dataset_arn: str) -> int:
    """The number of the newest record that was put into a dataset, or of the last deletion of users from it; 0 where
    there is neither.
    """
    return _newest(connection, dataset_arn, "put_events")


def newest_seq(connection: sqlite3.Connection, dataset_arn: str) -> int:
    """As last_seq, of what is new data alone: an event whose eventId was there before is none."""
    return _newest(connection, dataset_arn, "(SELECT * FROM put_events WHERE NOT repeated)")


def _newest(connection: sqlite3.Connection, dataset_arn: str, events: str) -> int:
    tables = (events, "put_records", "deleted_users")
    newest = [f"coalesce((SELECT max(seq) FROM {table} WHERE dataset_arn = :dataset), 0)" for table in tables]
    return int(connection.execute(f"SELECT max({', '.join(newest)})", {"dataset": dataset_arn}).fetchone()[0])


def streamed(
    connection: sqlite3.Connection, dataset_arn: str, user_id: str, after_seq: int, limit: int = 100
) -> list[StreamedEvent]:
    """The newest events of a user, or of a session without a user, put after another record; the newest is last."""
    rows = connection.execute(
        "SELECT record FROM put_events"
        " WHERE dataset_arn = ? AND visitor = ? AND seq > ? AND NOT repeated ORDER BY seq DESC LIMIT ?",
        (dataset_arn, user_id, after_seq, limit),
    ).fetchall()
    events = [_streamed(orjson.loads(row["record"])) for row in reversed(rows)]
    return sorted(events, key=lambda event: event.timestamp)


def _streamed(record: dict[str, Any]) -> StreamedEvent:
    impression = record.get("IMPRESSION")
    return StreamedEvent(
        item_id=record.get("ITEM_ID") or record["ACTION_ID"],
        event_type=record["EVENT_TYPE"],
        timestamp=record["TIMESTAMP"],
        event_value=record.get("EVENT_VALUE"),
        impression=tuple(impression.split("|")) if impression else (),
    )


def interactions(connection: sqlite3.Connection, dataset_arn: str, up_to_seq: int, schema: AvroSchema) -> pa.Table:
    """The events put up to a seq as rows of the dataset to train on, in the order they came.

    An event without a user belongs to the user of a later event of its session; while there is none it is left out,
    as are events that repeat an eventId. Source: developer guide, recording events for anonymous users.
    """
    where = f"NOT repeated AND {VISITED} IS NOT NULL"
    table = _events(connection, VISITED, where, dataset_arn, up_to_seq, _with_impressions(schema))
    known = [column.name for column in schema.columns]
    return table if table[IMPRESSION].null_count < len(table) else table.select(known)


def _with_impressions(schema: AvroSchema) -> AvroSchema:
    """Events tell what was shown beside them whether the schema has a column for it or not."""
    if any(column.name == IMPRESSION for column in schema.columns):
        return schema
    shown = Column(IMPRESSION, "string", nullable=True, categorical=False, textual=False)
    return replace(schema, columns=(*schema.columns, shown))


def every_event(connection: sqlite3.Connection, dataset_arn: str, up_to_seq: int, schema: AvroSchema) -> pa.Table:
    """All events put up to a seq, each different row once; a session stands in for a user who never came."""
    user = f"coalesce({VISITED}, session_id)"
    table = _events(connection, user, "TRUE", dataset_arn, up_to_seq, schema)
    return table.group_by(table.column_names, use_threads=False).aggregate([])


def _events(
    connection: sqlite3.Connection, user: str, where: str, dataset_arn: str, up_to_seq: int, schema: AvroSchema
) -> pa.Table:
    columns = [user if column.name == "USER_ID" else _column(column.name) for column in schema.columns]
    of = "dataset_arn = :dataset AND seq <= :up_to"
    query = f"SELECT {', '.join(columns)} FROM put_events WHERE {of} AND {where} ORDER BY seq"
    return _table(connection, query, dataset_arn, up_to_seq, schema)


def records(connection: sqlite3.Connection, dataset_arn: str, up_to_seq: int, schema: AvroSchema) -> pa.Table:
    """The items, users or actions put up to a seq, the newest record of each id, without those that bulk data replaced.

    Rows are in the order in which they came.
    """
    where = f"seq IN ({NEWEST}) AND NOT replaced"
    return _table(connection, _records_query(schema, where), dataset_arn, up_to_seq, schema)


def every_record(connection: sqlite3.Connection, dataset_arn: str, up_to_seq: int, schema: AvroSchema) -> pa.Table:
    """The items, users or actions put up to a seq with all their earlier records, each different row once."""
    where = "dataset_arn = :dataset AND seq <= :up_to"
    table = _table(connection, _records_query(schema, where), dataset_arn, up_to_seq, schema)
    return table.group_by(table.column_names, use_threads=False).aggregate([])


def ids(connection: sqlite3.Connection, dataset_arn: str) -> list[str]:
    """The ids of all items, users or actions that were put into a dataset."""
    rows = connection.execute("SELECT DISTINCT id FROM put_records WHERE dataset_arn = ?", (dataset_arn,))
    return [row["id"] for row in rows]


def replace_by_bulk(
    connection: sqlite3.Connection, dataset_arn: str, imported: Sequence[str], up_to_seq: int, *, full: bool
) -> None:
    """Note that an import, begun after up_to_seq, brought newer records of these ids.

    A FULL import takes away the bulk data that replaced records before.
    """
    if full:
        connection.execute("UPDATE put_records SET replaced = FALSE WHERE dataset_arn = ?", (dataset_arn,))
    values = [(dataset_arn, each, up_to_seq) for each in imported]
    query = "UPDATE put_records SET replaced = TRUE WHERE dataset_arn = ? AND id = ? AND seq <= ?"
    connection.executemany(query, values)


def _records_query(schema: AvroSchema, where: str) -> str:
    columns = ["id" if column.name == key(schema) else _column(column.name) for column in schema.columns]
    return f"SELECT {', '.join(columns)} FROM put_records WHERE {where} ORDER BY seq"


def _column(name: str) -> str:
    return f"record ->> '{name}'"


def _table(
    connection: sqlite3.Connection, query: str, dataset_arn: str, up_to_seq: int, schema: AvroSchema
) -> pa.Table:
    rows = connection.execute(query, {"dataset": dataset_arn, "up_to": up_to_seq}).fetchall()
    columns = zip(*rows, strict=True) if rows else [()] * len(schema.columns)
    arrays = {
        column.name: pa.array(_booleans(values) if column.type == "boolean" else values, ARROW_TYPES[column.type])
        for column, values in zip(schema.columns, columns, strict=True)
    }
    return pa.table(arrays)


def _booleans(values: Iterable[int | None]) -> list[bool | None]:
    """SQLite has no booleans: it reads those of JSON as 1 and 0."""
    return [None if value is None else bool(value) for value in values]
