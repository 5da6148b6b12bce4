"""The CSV file of a night's import job: what is new, or everything again."""

from dataclasses import dataclass
from pathlib import Path

from include.datasets.night import channel, csv_files, ids, repeated, rows
from include.datasets.night.channel import Way
from include.datasets.night.database import opened, parquet, rows_of, value
from include.datasets.night.material import Material

FEWEST_USERS, EVENTS_EACH = 25, 2  # Personalize trains with no less


@dataclass(frozen=True)
class Staged:
    """location: the folder of the import job; rows: how many it imports; users: how many of them have two or more."""

    location: str
    rows: int
    way: Way
    users: int | None


def stage(material: Material, way: Way, archive: Path | None, kept: int) -> Staged:
    """Write and upload the file; an increment too large for Personalize becomes FULL, where that is possible."""
    file = material.file("staged.csv")
    interactions = material.places.dataset_type == "interactions"
    users = None
    if archive and (way.import_mode == "INCREMENTAL" or (interactions and not way.again)):
        csv_files.write(material.connection, parquet([archive]), material.columns, file)
        if way.import_mode == "FULL":
            users = ids.with_several(material.connection, EVENTS_EACH)
        elif file.stat().st_size > channel.MOST_INCREMENTAL_BYTES and channel.full_recorded(material.nights):
            return stage(material, channel.full_for_size(material.nights), archive, kept)
    elif interactions:
        kept, users = _everything(material, way, archive, file)
    else:
        csv_files.write(material.connection, "rows_after", material.columns, file)
        kept = int(value(material.connection, "SELECT count(*) FROM rows_after"))
    material.keep(file, material.places.staged / f"{material.places.dataset_type}.csv")
    return Staged(f"{material.places.staged}/", kept, way, users)


def _everything(material: Material, way: Way, archive: Path | None, file: Path) -> tuple[int, int]:
    """Write the interactions of all archives, oldest first, each once; returns how many, and users with several."""
    archives = [
        *material.copies(night.archive for night in way.again if night.archive),
        *([archive] if archive else []),
    ]
    scratch = material.scratch / "everything"
    scratch.mkdir()
    with opened(scratch, material.memory) as connection:
        rows.lay_out(connection, rows_of(archives, material.columns, numbered=True))
        repeated.drop_within(connection, "kept", material.columns)
        ids.count(connection, "USER_ID")
        csv_files.write(connection, "kept", material.columns, file)
        return int(value(connection, "SELECT count(*) FROM kept")), ids.with_several(connection, EVENTS_EACH)
