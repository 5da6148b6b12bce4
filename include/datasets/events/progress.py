"""How far the sending of a night is, kept in S3 so that another attempt goes on from there."""

from dataclasses import asdict, dataclass
from typing import Any

from include.s3 import Place, read_json, write_json


@dataclass(frozen=True)
class Refused:
    """A row that PutEvents does not take, and why; `number` is its place in the archive, from 1."""

    number: int
    row: dict[str, Any]
    reason: str


@dataclass(frozen=True)
class Sent:
    """The first `rows` rows of a night are done with: each is an event that Personalize has, or refused."""

    rows: int = 0
    refused: tuple[Refused, ...] = ()

    @property
    def events(self) -> int:
        """How many rows Personalize has."""
        return self.rows - len(self.refused)


@dataclass(frozen=True)
class Progress:
    """The record at `place` of the sending of rows whose file has this ETag; of another file it says nothing."""

    s3: Any
    place: Place
    etag: str

    def load(self) -> Sent:
        """What earlier attempts sent."""
        found = read_json(self.s3, self.place)
        if found is None or found["etag"] != self.etag:
            return Sent()
        return Sent(found["rows"], tuple(Refused(**each) for each in found["refused"]))

    def save(self, sent: Sent) -> None:
        """Write down what has been sent."""
        write_json(self.s3, self.place, {"etag": self.etag, **asdict(sent)})
