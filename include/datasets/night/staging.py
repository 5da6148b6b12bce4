"""The CSV file of a night's import job: what is new, or everything again."""

from dataclasses import dataclass
from pathlib import Path

from include.datasets.night import channel, ids, repeated, rows
from include.datasets.night.channel import Way
from include.datasets.night.database import opened, rows_of, value
from include.datasets.night.export import export
from include.datasets.night.material import Material

FILE = "staged.csv"
FEWEST_USERS, EVENTS_EACH = 25, 2  # Personalize trains with no less


@dataclass(frozen=True)
class Staged:
    """location: the folder of the import job; rows: how many it imports; users: how many of them have two or more."""

    location: str
    rows: int
    way: Way
    users: int | None


def write_archive(material: Material, way: Way) -> Path:
    """Write the rows that Personalize is given, and in the same pass the file of an import that has no others."""
    archive = material.file("rows.parquet")
    csv = material.file(FILE) if way.channel == "import" and _alone(material, way) else None
    export(material.connection, "kept", material.columns, archive, csv)
    return archive


def stage(material: Material, way: Way, archive: Path | None, kept: int) -> Staged:
    """Upload the file of an import; an increment too large for Personalize becomes FULL, where that is possible."""
    file = material.file(FILE)
    users = None
    if _alone(material, way):
        if way.import_mode == "FULL":
            users = ids.with_several(material.connection, EVENTS_EACH)
        elif file.stat().st_size > channel.MOST_INCREMENTAL_BYTES and channel.full_recorded(material.nights):
            return stage(material, channel.full_for_size(material.nights), archive, kept)
    elif material.interactions:
        kept, users = _everything(material, way, archive, file)
    else:
        export(material.connection, "rows_after", material.columns, csv=file)
        kept = int(value(material.connection, "SELECT count(*) FROM rows_after"))
    material.keep(file, material.places.staged / f"{material.places.dataset_type}.csv")
    return Staged(f"{material.places.staged}/", kept, way, users)


def _alone(material: Material, way: Way) -> bool:
    """Whether the import has the rows of this night alone."""
    return way.import_mode == "INCREMENTAL" or (material.interactions and not way.again)


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
        export(connection, "kept", material.columns, csv=file)
        return int(value(connection, "SELECT count(*) FROM kept")), ids.with_several(connection, EVENTS_EACH)
