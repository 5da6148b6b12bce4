"""The books a careful caller would keep: what was made, what hangs on what, and the status each must have by now.

Time is counted in hours of the service's clock. Pending takes the first hour, in progress the second; work (imports,
trainings) is over when the second hour is, however fast the machine.
"""

from dataclasses import dataclass, field

SETTLED = {"ACTIVE", "CREATE FAILED", "CREATE STOPPED"}
CREATION = {
    None: {"CREATE PENDING"},
    "CREATE PENDING": {"CREATE IN_PROGRESS"},
    "CREATE IN_PROGRESS": {"ACTIVE"},
    "ACTIVE": {"DELETE PENDING"},
    "DELETE PENDING": {"DELETE IN_PROGRESS"},
}
JOB = {
    None: {"CREATE PENDING"},
    "CREATE PENDING": {"CREATE IN_PROGRESS"},
    "CREATE IN_PROGRESS": {"ACTIVE", "CREATE FAILED"},
}
VERSION = JOB | {
    "CREATE PENDING": {"CREATE IN_PROGRESS", "CREATE STOPPED"},
    "CREATE IN_PROGRESS": {"ACTIVE", "CREATE FAILED", "CREATE STOPPING"},
    "CREATE STOPPING": {"CREATE STOPPED"},
    "ACTIVE": {"DELETE PENDING"},
    "CREATE FAILED": {"DELETE PENDING"},
    "CREATE STOPPED": {"DELETE PENDING"},
    "DELETE PENDING": {"DELETE IN_PROGRESS"},
}
GRAPHS = {"solution_version": VERSION, "dataset_import_job": JOB, "dataset_export_job": JOB, "batch_inference_job": JOB}


@dataclass(eq=False)
class Entry:
    """One resource; ``under`` are the resources that it names, and so cannot do without."""

    resource: str
    arn: str
    name: str
    since: int
    under: tuple["Entry", ...] = ()
    phase: str = "CREATE"
    works: bool = False
    outcome: str = "ACTIVE"
    updating_since: int | None = None
    last_seen: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)

    def saw(self, status: str) -> None:
        """Note a status that the service told; it must be reachable from the last one."""
        graph = GRAPHS.get(self.resource, CREATION)
        reached, edge = {self.last_seen}, {self.last_seen}
        while edge := {following for status in edge for following in graph.get(status, ())} - reached:
            reached |= edge
        assert status in reached, f"{self.arn} went from {self.last_seen} to {status}"
        self.last_seen = status


class Books:
    """Everything that is there, by ARN, in order of creation."""

    def __init__(self) -> None:
        self.hour = 0
        self.entries: dict[str, Entry] = {}

    def add(self, entry: Entry) -> Entry:
        self.entries[entry.arn] = entry
        return entry

    def all(self, *resources: str) -> list[Entry]:
        return [entry for entry in self.entries.values() if entry.resource in resources]

    def on(self, entry: Entry, *resources: str) -> list[Entry]:
        """What names an entry."""
        return [other for other in self.all(*resources) if entry in other.under]

    def status(self, entry: Entry) -> str | None:
        """The status that an entry must have now, None for kinds without one."""
        if entry.resource == "schema":
            return None
        if entry.phase == "STOP":
            return "CREATE STOPPED"
        age = self.hour - entry.since
        return [f"{entry.phase} PENDING", f"{entry.phase} IN_PROGRESS", entry.outcome][min(age, 2)]

    def active(self, entry: Entry) -> bool:
        return entry.resource == "schema" or self.status(entry) == "ACTIVE"

    def moving(self, entry: Entry) -> bool:
        return entry.resource != "schema" and self.status(entry) not in SETTLED

    def updating(self, entry: Entry) -> bool:
        return entry.updating_since is not None and self.hour - entry.updating_since < 2

    def pass_hour(self) -> list[Entry]:
        """An hour later; returns what is gone by then."""
        self.hour += 1
        gone = [one for one in self.entries.values() if one.phase == "DELETE" and self.hour - one.since >= 2]
        for entry in gone:
            del self.entries[entry.arn]
        return gone
