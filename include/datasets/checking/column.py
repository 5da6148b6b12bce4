"""A column of a dataset, as the checks need it: from a field of the Avro schema."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from include.config.schemas import is_nullable, kind_of

IDS = ("USER_ID", "ITEM_ID")
RESERVED = (  # Personalize keeps these words for columns: they may not be values
    "EVENT_TYPE",
    "EVENT_VALUE",
    "IMPRESSION",
    "RECOMMENDATION_ID",
    "EVENT_ATTRIBUTION_SOURCE",
    "CREATION_TIMESTAMP",
)
LENGTHS = {"USER_ID": 256, "ITEM_ID": 256, "EVENT_TYPE": 256, "RECOMMENDATION_ID": 40}  # characters; see `length`
STRING_LENGTH = 1000
ARROW = {
    "string": pa.string(),
    "int": pa.int64(),
    "long": pa.int64(),
    "float": pa.float64(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
}


@dataclass(frozen=True)
class Column:
    """source: the source's name of the column; kind: the Avro type, null aside."""

    name: str
    source: str
    kind: str
    nullable: bool
    textual: bool

    @classmethod
    def of(cls, field: Mapping[str, Any], source: str) -> "Column":
        """Read a field of the schema."""
        return cls(field["name"], source, kind_of(field), is_nullable(field), bool(field.get("textual")))

    @property
    def arrow(self) -> pa.DataType:
        """The type in the table of good rows."""
        return ARROW[self.kind]

    @property
    def is_time(self) -> bool:
        """Whether the numbers are epoch seconds."""
        return self.name.endswith("TIMESTAMP") and self.kind in ("int", "long")

    @property
    def is_id(self) -> bool:
        """Whether the cells identify a user or an item."""
        return self.name in IDS

    @property
    def is_key(self) -> bool:
        """Whether cells that look alike but differ would be counted apart, and one that says "no value" as a value."""
        return self.is_id or self.name == "EVENT_TYPE"

    @property
    def length(self) -> int | None:
        """How many characters Personalize allows; None for texts, which it cuts at 20,000 without refusing them.

        Event types and recommendation ids as short as PutEvents takes them, since a small night may go that way.
        """
        return None if self.textual else LENGTHS.get(self.name, STRING_LENGTH)

    @property
    def headings(self) -> tuple[str, ...]:
        """What stands above the column; as a cell, it is a header within the file."""
        return tuple({self.name, self.source})
