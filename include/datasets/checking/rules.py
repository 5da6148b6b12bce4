"""What the rows of a dataset must be: its columns, by the Avro schema, and the names that a source has for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from include.datasets.checking.column import Column
from include.datasets.reading.chunk import UnusableFileError


@dataclass(frozen=True)
class Rules:
    """Build with `of`."""

    dataset_type: str
    columns: tuple[Column, ...]

    @classmethod
    def of(cls, dataset_type: str, fields: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> "Rules":
        """fields: of the Avro schema; columns: the source's name of a column, by its name in the schema."""
        return cls(dataset_type, tuple(Column.of(field, columns.get(field["name"], field["name"])) for field in fields))

    @property
    def types(self) -> dict[str, str]:
        """The Avro type of each column, by the source's name, as readers want it."""
        return {column.source: column.kind for column in self.columns}

    def accept(self, uri: str, names: Sequence[str]) -> None:
        """Raise UnusableFileError unless the source has every required column, and none under a name nearly right.

        Columns that the schema does not know are left out; nullable ones may be missing and come out null.
        """
        missing = [column for column in self.columns if column.source not in names]
        near = {column.source: _nearly(column.source, names) for column in missing}
        lacking = [column.source for column in missing if not column.nullable or near[column.source]]
        if not lacking:
            return
        hints = [f"{name!r} is there: rename it to {wanted}" for wanted, name in near.items() if name]
        remedy = "; ".join(hints) or "Add it, name it under `columns`, or let it be null in the schema"
        raise UnusableFileError(
            f"{uri}, line 1: column {', '.join(lacking)} is missing; found {', '.join(names) or 'none'}. {remedy}."
        )


def _nearly(wanted: str, names: Sequence[str]) -> str | None:
    """The name that is the wanted one but for case, blanks, underscores or hyphens."""
    return next((name for name in names if _bare(name) == _bare(wanted)), None)


def _bare(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())
