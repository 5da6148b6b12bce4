"""The CSV file of a night's import job: what is new, or everything again."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from include.datasets.night import channel, columns, ids, repeated, rows
from include.datasets.night.channel import Way
from include.datasets.night.database import opened, value
from include.datasets.night.export import export, tables
from include.datasets.night.material import Material
from include.s3 import Place, uploading

FEWEST_USERS, EVENTS_EACH = 25, 2  # Personalize trains with no less


@dataclass(frozen=True)
class Staged:
    """location: the folder of the import job; rows: how many it imports; users: how many of them have two or more."""

    location: str
    rows: int
    way: Way
    users: int | None


def write_archive(material: Material, checked: Sequence[Path], way: Way) -> tuple[Path, int]:
    """Write the rows that Personalize is given, and in the same pass the file of an import that has no others.

    checked: the files that were laid out. Returns the archive, and the bytes of that file.
    """
    archive, schema = material.file("rows.parquet"), columns.schema(material.columns)
    kept = rows.kept_tables(material.connection, checked, schema)
    if way.channel != "import" or not _alone(material, way):
        return archive, export(kept, schema, archive)
    with uploading(material.s3, _file(material)) as csv:
        return archive, export(kept, schema, archive, csv)


def stage(material: Material, way: Way, archive: Path | None, kept: int, size: int) -> Staged:
    """Write the file of an import that has more rows than the night's, and say where the import's file is.

    size: bytes of the file that write_archive wrote; an increment too large for Personalize becomes FULL, where that is
    possible.
    """
    users = None
    if _alone(material, way):
        if way.import_mode == "FULL":
            users = ids.with_several(material.connection, EVENTS_EACH)
        elif size > channel.MOST_INCREMENTAL_BYTES and channel.full_recorded(material.nights):
            return stage(material, channel.full_for_size(material.nights), archive, kept, 0)
    elif material.interactions:
        kept, users = _everything(material, way, archive)
    else:
        with uploading(material.s3, _file(material)) as csv:
            schema = columns.schema(material.columns)
            export(tables(material.connection, "rows_after", schema), schema, csv=csv)
        kept = int(value(material.connection, "SELECT count(*) FROM rows_after"))
    return Staged(f"{material.places.staged}/", kept, way, users)


def _file(material: Material) -> Place:
    return material.places.staged / f"{material.places.dataset_type}.csv"


def _alone(material: Material, way: Way) -> bool:
    """Whether the import has the rows of this night alone."""
    return way.import_mode == "INCREMENTAL" or (material.interactions and not way.again)


def _everything(material: Material, way: Way, archive: Path | None) -> tuple[int, int]:
    """Write the interactions of all archives, oldest first, each once; returns how many, and users with several."""
    archives = [
        *material.copies(night.archive for night in way.again if night.archive),
        *([archive] if archive else []),
    ]
    scratch = material.scratch / "everything"
    scratch.mkdir()
    with opened(scratch, material.memory) as connection:
        rows.lay_out(connection, archives, material.columns)
        repeated.drop_within(connection, "kept", material.columns)
        ids.count(connection, "USER_ID")
        with uploading(material.s3, _file(material)) as csv:
            schema = columns.schema(material.columns)
            export(rows.kept_tables(connection, archives, schema), schema, csv=csv)
        return int(value(connection, "SELECT count(*) FROM kept")), ids.with_several(connection, EVENTS_EACH)
