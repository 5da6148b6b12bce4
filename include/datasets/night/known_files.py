"""What the dataset holds after the night, written beside it; what did not change is the earlier night's file again."""

from include.datasets.night import ids
from include.datasets.night.columns import listed, quoted
from include.datasets.night.database import text, value
from include.datasets.night.known import ID_COLUMNS, ROWS
from include.datasets.night.material import Material


def after(material: Material) -> dict[str, str]:
    """Write what changed; returns URIs by column for interactions, else the URI of `rows`."""
    if material.places.dataset_type == "interactions":
        return _after_interactions(material)
    return _after_items_or_users(material)


def _after_interactions(material: Material) -> dict[str, str]:
    """Distinct ids of everything until now: URIs by column."""
    files: dict[str, str] = {}
    for column in ID_COLUMNS["interactions"]:
        uris = material.known.uris(column)
        before = material.copies(uris)
        if len(uris) < 2 and not ids.any_new(material.connection, column, before):
            files |= material.known.files_of(column)
            continue
        file = material.file(f"{column}.parquet")
        ids.write_known(material.connection, column, before, file)
        files[column] = material.keep(file, material.places.known(column))
    return files


def _after_items_or_users(material: Material) -> dict[str, str]:
    """The newest row of every id until now: the URI of `rows`; also makes the view `rows_after`."""
    connection, uris = material.connection, material.known.uris(ROWS)
    (id_column,) = ID_COLUMNS[material.places.dataset_type]
    columns, name = listed(material.columns), quoted(id_column)
    connection.execute(
        f"CREATE VIEW rows_after AS SELECT {columns} FROM known_rows ANTI JOIN kept USING ({name}) "
        f"UNION ALL SELECT {columns} FROM kept ORDER BY {name}"
    )
    if len(uris) < 2 and not value(connection, "SELECT EXISTS (SELECT 1 FROM kept)"):
        return material.known.files_of(ROWS)
    file = material.file("known-rows.parquet")
    connection.execute(f"COPY (FROM rows_after) TO {text(file)} (FORMAT parquet, COMPRESSION lz4)")
    return {ROWS: material.keep(file, material.places.known(ROWS))}
