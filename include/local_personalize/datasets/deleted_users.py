"""Users whose data was deleted: their put records go, and models that were trained before do not know them any more.

A deletion is numbered as put records are: a model that was trained on records up to a number has seen it or has not.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from include.local_personalize.datasets.put_data import VISITED, next_number
from include.local_personalize.engine import Allowed, Query

NEWEST = 2**62
CHOSEN = "IN (SELECT value FROM json_each(:users))"


def delete(connection: sqlite3.Connection, dataset_arn: str, users: Sequence[str]) -> int:
    """Delete all that was put for users into a dataset, and note that they are gone; returns the records deleted."""
    values = {"dataset": dataset_arn, "users": json.dumps(users), "up_to": NEWEST}
    anonymous = f"user_id IS NULL AND {VISITED} {CHOSEN}"
    of_the_dataset = "WHERE dataset_arn = :dataset AND"
    deleted = (
        connection.execute(f"DELETE FROM put_events {of_the_dataset} {anonymous}", values).rowcount
        + connection.execute(f"DELETE FROM put_events {of_the_dataset} user_id {CHOSEN}", values).rowcount
        + connection.execute(f"DELETE FROM put_records {of_the_dataset} id {CHOSEN}", values).rowcount
    )
    seq = next_number(connection)
    query = "INSERT OR REPLACE INTO deleted_users (dataset_arn, user_id, seq) VALUES (?, ?, ?)"
    connection.executemany(query, [(dataset_arn, user, seq) for user in users])
    return deleted


def since(connection: sqlite3.Connection, dataset_arn: str, seq: int) -> frozenset[str]:
    """The users deleted after a model was trained on a dataset up to a seq."""
    query = "SELECT user_id FROM deleted_users WHERE dataset_arn = ? AND seq > ?"
    return frozenset(row["user_id"] for row in connection.execute(query, (dataset_arn, seq)))


def known_as(connection: sqlite3.Connection, dataset_arn: str, seq: int, user_id: str) -> str:
    """The id to ask such a model for: none, as for somebody unknown, where the user was deleted since."""
    query = "SELECT 1 FROM deleted_users WHERE dataset_arn = ? AND user_id = ? AND seq > ?"
    return "" if connection.execute(query, (dataset_arn, user_id, seq)).fetchone() else user_id


def asked(query: Query, deleted: frozenset[str]) -> Query:
    """A question as it is put to a model trained before these users were deleted."""
    return replace(query, user_id="") if query.user_id in deleted else query


def left(allowed: Allowed, deleted: frozenset[str]) -> Allowed:
    """Of the users that a filter leaves, those who were not deleted."""
    return Allowed(allowed.ids - deleted, only=True) if allowed.only else Allowed(allowed.ids | deleted)
