"""The rows of a night without those that bring nothing: repeated, superseded, unchanged, or of unknown ids."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from include.datasets.night import ids, newest, overlap, repeated, unknown
from include.datasets.night.database import rows_of
from include.datasets.night.known import ID_COLUMNS, ROWS
from include.datasets.night.material import Material
from include.datasets.night.portion import QUERY


@dataclass(frozen=True)
class Reduced:
    """Rows quarantined for unknown ids, by column, with the URI of their file; and what people should know."""

    reasons: Mapping[str, int] = field(default_factory=dict)
    quarantine: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def interactions(material: Material, known_ids: Mapping[str, Sequence[str]]) -> Reduced:
    """Drop repeated interactions, and those with unknown ids where the checks say so; counts ids of what is left."""
    connection = material.connection
    repeated.drop_within(connection, "kept", material.columns)
    earlier = [night.archive for night in overlap.overlapping(connection, material.nights) if night.archive]
    if earlier:
        connection.execute(f"CREATE VIEW earlier AS {rows_of(material.copies(earlier), material.columns)}")
        repeated.drop_found_in(connection, "kept", material.columns, "earlier")
    _count_ids(material)
    policy = material.dataset.checks.unknown_ids
    theirs = {column: material.copies(uris) for column, uris in known_ids.items()} if policy != "allow" else {}
    warnings = unknown.warnings(connection, theirs)
    if not warnings or policy == "warn":
        return Reduced(warnings=tuple(warnings))
    file = material.file("unknown-ids.csv")
    sources = [source.uri for source in material.plan.sources] or [QUERY]
    reasons = unknown.quarantine(connection, theirs, material.columns, sources, file)
    _count_ids(material)
    return Reduced(reasons, (material.keep(file, material.places.quarantine(unknown.NAME)),))


def items_or_users(material: Material) -> Reduced:
    """Of every id leave the last row, and that only if it says something new; table `known_rows` has what was known."""
    connection, columns = material.connection, material.columns
    (id_column,) = ID_COLUMNS[material.places.dataset_type]
    files = material.copies(material.known.uris(ROWS))
    selects = [rows_of([file], columns) for file in files] or [rows_of([], columns)]
    connection.execute(f"CREATE TABLE known_rows AS {newest.newest_rows(columns, id_column, selects)}")
    repeated.drop_within(connection, "kept", columns, newest_stays=True)
    newest.drop_superseded(connection, "kept", columns, id_column)
    newest.drop_unchanged(connection, "kept", columns, "known_rows")
    return Reduced()


def _count_ids(material: Material) -> None:
    for column in ID_COLUMNS["interactions"]:
        ids.count(material.connection, column)
