"""Resources as the actions see them: read, listed and changed inside one transaction, at one moment of the clock."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from include.local_personalize.errors import ResourceAlreadyExists, ResourceNotFound
from include.local_personalize.state.lifecycle import ACTIVE, Lifecycle

ALIVE = "NOT (phase = 'DELETE' AND settles_at <= :now)"


@dataclass(frozen=True)
class Resource:
    arn: str
    kind: str
    region: str
    parent: str | None
    body: dict[str, Any]  # the members the caller gave, in Amazon's names
    notes: dict[str, Any]  # what the service keeps beside them
    lifecycle: Lifecycle
    created: float
    updated: float
    failure_reason: str | None = None
    attempts: int = 0
    seq: int = 0


class Resources:
    def __init__(self, connection: sqlite3.Connection, now: float) -> None:
        self.connection = connection
        self.now = now

    def find(self, arn: str, kind: str | None = None) -> Resource | None:
        found = self._select("arn = :arn AND (:kind IS NULL OR kind = :kind)", arn=arn, kind=kind)
        return found[0] if found else None

    def get(self, arn: str, kind: str | None = None) -> Resource:
        """The resource of this ARN; raises ResourceNotFound, also where the ARN is one of another kind."""
        resource = self.find(arn, kind)
        if resource is None:
            raise ResourceNotFound(arn)
        return resource

    def page(
        self, kind: str, region: str, parent: str | None, after: int | None, limit: int, *, newest_first: bool = False
    ) -> list[Resource]:
        """Resources of a kind in order of creation, or the other way round; those of one parent where it is given."""
        comes_after, order = ("<", "seq DESC") if newest_first else (">", "seq")
        where = (
            f"kind = :kind AND region = :region AND (:after IS NULL OR seq {comes_after} :after)"
            " AND (:parent IS NULL OR parent = :parent)"
        )
        return self._select(where, limit, order, kind=kind, region=region, parent=parent, after=after)

    def children(self, kind: str, parent: str) -> list[Resource]:
        """All resources of a kind under one parent, oldest first."""
        return self._select("kind = :kind AND parent = :parent", kind=kind, parent=parent)

    def all_of(self, kind: str) -> list[Resource]:
        """All resources of a kind, in every region, oldest first."""
        return self._select("kind = :kind", kind=kind)

    def latest_active_version(self, solution_arn: str) -> Resource | None:
        """The newest ACTIVE version of a solution."""
        versions = self.children("solution-version", solution_arn)
        return next((one for one in reversed(versions) if one.lifecycle.status(self.now) == ACTIVE), None)

    def naming(self, kind: str, member: str, value: str) -> list[Resource]:
        """All resources of a kind whose body has this value in a member."""
        return self._select("kind = :kind AND body ->> :member = :value", kind=kind, member=member, value=value)

    def count(self, kind: str, region: str, group: str | None = None, *, in_flight: bool = False) -> int:
        """How many there are of a kind: of one dataset group where it is given, or still being created."""
        where = f"kind = :kind AND region = :region AND {ALIVE} AND phase != 'DELETE'"
        if group is not None:
            where += " AND (parent = :group OR parent IN (SELECT arn FROM resources WHERE parent = :group))"
        if in_flight:
            where += " AND (outcome IS NULL OR (phase != 'CANCEL' AND settles_at > :now))"
        values = {"kind": kind, "region": region, "group": group, "now": self.now}
        return int(self.connection.execute(f"SELECT count(*) FROM resources WHERE {where}", values).fetchone()[0])

    def group_of(self, arn: str | None) -> str | None:
        """The ARN of the dataset group that a resource, given by its ARN, is or belongs to."""
        resource = self.find(arn) if arn else None
        if resource is None or resource.kind == "dataset-group":
            return resource.arn if resource else None
        return self.group_of(resource.parent)

    def add(self, resource: Resource) -> None:
        """Store a new resource; raises ResourceAlreadyExists."""
        if self.find(resource.arn):
            raise ResourceAlreadyExists(resource.arn)
        self.purge()
        columns = vars(resource) | vars(resource.lifecycle)
        columns |= {"body": json.dumps(resource.body), "notes": json.dumps(resource.notes)}
        names = [name for name in columns if name not in ("seq", "lifecycle")]
        self.connection.execute(
            f"INSERT INTO resources ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})",
            {name: columns[name] for name in names},
        )

    def change(self, arn: str, **columns: Any) -> None:
        """Set columns of one resource; body, notes and lifecycle are given as objects."""
        lifecycle: Lifecycle | None = columns.pop("lifecycle", None)
        values = {name: json.dumps(value) if isinstance(value, Mapping) else value for name, value in columns.items()}
        values |= vars(lifecycle) if lifecycle else {}
        values.setdefault("updated", self.now)
        assignments = ", ".join(f"{name} = :{name}" for name in values)
        self.connection.execute(f"UPDATE resources SET {assignments} WHERE arn = :arn", values | {"arn": arn})

    def purge(self) -> None:
        """Remove what has been deleted, with its tags and dataset parts; files are swept later."""
        gone = "SELECT arn FROM resources WHERE phase = 'DELETE' AND settles_at <= :now"
        moment = {"now": self.now}
        self.connection.execute(f"DELETE FROM tags WHERE arn IN ({gone})", moment)
        for table in ("parts", "put_events", "put_records", "deleted_users"):
            self.connection.execute(f"DELETE FROM {table} WHERE dataset_arn IN ({gone})", moment)
        self.connection.execute("DELETE FROM resources WHERE phase = 'DELETE' AND settles_at <= :now", moment)

    def waiting(self) -> list[Resource]:
        """Resources whose work has not begun, the earliest due first."""
        return self._select("outcome IS NULL AND NOT started", order="pending_until, seq")

    def begun(self) -> list[Resource]:
        """Resources whose work has begun and is not done."""
        return self._select("outcome IS NULL AND started")

    def notes_named(self, note: str) -> set[Any]:
        """The values of one note over all resources that have it."""
        query = "SELECT notes ->> ? AS value FROM resources WHERE value IS NOT NULL"
        return {row["value"] for row in self.connection.execute(query, (note,))}

    def _select(self, where: str, limit: int = -1, order: str = "seq", **values: Any) -> list[Resource]:
        rows = self.connection.execute(
            f"SELECT * FROM resources WHERE {where} AND {ALIVE} ORDER BY {order} LIMIT :limit",
            values | {"now": self.now, "limit": limit},
        )
        return [_resource(row) for row in rows]


def _resource(row: sqlite3.Row) -> Resource:
    return Resource(
        arn=row["arn"],
        kind=row["kind"],
        region=row["region"],
        parent=row["parent"],
        body=orjson.loads(row["body"]),
        notes=orjson.loads(row["notes"]),
        lifecycle=Lifecycle(
            row["phase"], row["pending_until"], row["settles_at"], bool(row["started"]), row["outcome"]
        ),
        created=row["created"],
        updated=row["updated"],
        failure_reason=row["failure_reason"],
        attempts=row["attempts"],
        seq=row["seq"],
    )
