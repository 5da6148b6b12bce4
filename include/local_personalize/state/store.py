"""The state of the service in SQLite: one row per resource of any kind, its tags, the parts of each dataset, and what
was put into datasets record by record.

Only the service's own process writes; every change is one transaction, so kill -9 leaves the last whole one.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TABLES = """
CREATE TABLE IF NOT EXISTS resources (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    arn TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    region TEXT NOT NULL,
    parent TEXT,
    body TEXT NOT NULL,
    notes TEXT NOT NULL,
    phase TEXT NOT NULL,
    pending_until REAL NOT NULL,
    settles_at REAL NOT NULL,
    started INTEGER NOT NULL,
    outcome TEXT,
    failure_reason TEXT,
    attempts INTEGER NOT NULL,
    created REAL NOT NULL,
    updated REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS resources_by_parent ON resources (kind, region, parent, seq);
CREATE INDEX IF NOT EXISTS resources_waiting ON resources (pending_until) WHERE outcome IS NULL;
CREATE TABLE IF NOT EXISTS tags (
    arn TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (arn, key)
);
CREATE TABLE IF NOT EXISTS parts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, dataset_arn TEXT NOT NULL, file TEXT NOT NULL, rows INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS parts_by_dataset ON parts (dataset_arn, seq);
CREATE TABLE IF NOT EXISTS put_numbers (last INTEGER NOT NULL);
INSERT INTO put_numbers SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM put_numbers);
CREATE TABLE IF NOT EXISTS put_events (
    seq INTEGER PRIMARY KEY, -- numbered by put_numbers, as the next two
    dataset_arn TEXT NOT NULL,
    visitor TEXT NOT NULL, -- the user's id, or the session's where the event came without a user
    user_id TEXT,
    session_id TEXT NOT NULL,
    event_id TEXT,
    repeated INTEGER NOT NULL, -- whether an earlier event has the same event_id
    source TEXT, -- what the event is attributed to
    received REAL NOT NULL,
    record TEXT NOT NULL -- column to value, in JSON
);
CREATE INDEX IF NOT EXISTS put_events_by_dataset ON put_events (dataset_arn);
CREATE INDEX IF NOT EXISTS put_events_by_visitor ON put_events (dataset_arn, visitor);
CREATE INDEX IF NOT EXISTS put_events_by_session ON put_events (dataset_arn, session_id) WHERE user_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS put_events_by_id ON put_events (dataset_arn, event_id) WHERE event_id IS NOT NULL;
CREATE TABLE IF NOT EXISTS put_records (
    seq INTEGER PRIMARY KEY,
    dataset_arn TEXT NOT NULL,
    id TEXT NOT NULL,
    replaced INTEGER NOT NULL, -- whether bulk data that came later has a record of the same id
    record TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS put_records_by_dataset ON put_records (dataset_arn);
CREATE INDEX IF NOT EXISTS put_records_by_id ON put_records (dataset_arn, id);
CREATE TABLE IF NOT EXISTS deleted_users (
    dataset_arn TEXT NOT NULL, user_id TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (dataset_arn, user_id)
);
CREATE INDEX IF NOT EXISTS deleted_users_by_number ON deleted_users (dataset_arn, seq);
CREATE TABLE IF NOT EXISTS settings (key TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


def read_only(file: Path) -> sqlite3.Connection:
    """A connection for worker processes, which read the state and never change it."""
    connection = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=30, isolation_level=None)
    connection.row_factory = sqlite3.Row
    return connection


class Store:
    """A SQLite file with one connection per thread; readers never wait for a writer."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._connections = threading.local()
        self._connection().executescript("PRAGMA journal_mode = WAL;" + TABLES)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A snapshot that does not change under the reader."""
        yield from self._transaction("BEGIN")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that no other writer interleaves with; an exception undoes it."""
        yield from self._transaction("BEGIN IMMEDIATE")

    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        connection = self._connection()
        connection.execute(begin)
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._connections, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._file, timeout=30, isolation_level=None)
            connection.row_factory = sqlite3.Row
            # In WAL mode NORMAL survives the death of the process, which is what is promised; FULL adds power cuts.
            connection.execute("PRAGMA synchronous = NORMAL")
            self._connections.connection = connection
        return connection

    def close(self) -> None:
        """Close the calling thread's connection."""
        connection = self._connection()
        del self._connections.connection
        connection.close()

    def setting(self, key: str) -> Any:
        """A setting kept over restarts, or None."""
        with self.reading() as connection:
            row = connection.execute("SELECT value FROM settings WHERE key = ?", (key,)).fetchone()
        return json.loads(row["value"]) if row else None

    def keep_setting(self, key: str, value: Any) -> None:
        with self.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (key, json.dumps(value)))
