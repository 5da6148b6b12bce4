"""What an import does with records that the dataset, or the import itself, already has."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

ROW = "row number"
OLD = "is old"
IDS_OF_INTERACTIONS = ("USER_ID", "ITEM_ID")
REPEATED = [*IDS_OF_INTERACTIONS, "EVENT_TYPE"]


def keep_newest_of_each(part: Path, existing: Sequence[Path], key: str) -> int:
    """Rewrite a part of items or users as the existing records with the new ones in their place; returns its rows."""
    table = read([*existing, part])
    numbered = table.append_column(ROW, pa.array(range(len(table)), pa.int64()))
    newest = numbered.group_by(key).aggregate([(ROW, "max")])[f"{ROW}_max"]
    table = table.take(newest.take(pc.sort_indices(newest)))
    pq.write_table(table, part, compression="zstd")
    return len(table)


def present(part: Path, key: str, ids: Sequence[str]) -> list[str]:
    """Those of these ids that a part has in its key column."""
    column = pq.read_table(part, columns=[key])[key]
    found: list[str] = pc.unique(column.filter(pc.is_in(column, value_set=pa.array(ids, pa.string())))).to_pylist()
    return found


def drop_repeated(part: Path, existing: Sequence[Path]) -> int:
    """Rewrite a part of interactions without those that are already there, property by property; returns its rows."""
    new = read([part])
    times = pc.min_max(new["TIMESTAMP"]).as_py()
    old = read(existing, [("TIMESTAMP", ">=", times["min"]), ("TIMESTAMP", "<=", times["max"])])
    flags = pa.array([True] * len(old) + [False] * len(new))
    both = pa.concat_tables([old, new], promote_options="default").append_column(OLD, flags)
    # Grouping takes nulls as equal, which joining does not; without threads it keeps the order of the file.
    grouped = both.group_by(new.column_names, use_threads=False).aggregate([(OLD, "max")])
    fresh = grouped.filter(pc.invert(grouped[f"{OLD}_max"])).select(new.column_names)
    pq.write_table(fresh, part, compression="zstd")
    return len(fresh)


def read(parts: Sequence[Path], filters: list[tuple[str, str, int]] | None = None) -> pa.Table:
    """The rows of parts as one table, in order."""
    tables = [pq.read_table(part, filters=filters) for part in parts]
    return pa.concat_tables(tables, promote_options="default")


def read_encoded(parts: Sequence[Path]) -> pa.Table:
    """The same, where the ids and types of interactions are dictionary-encoded, each column with one dictionary: of
    millions of rows that is much faster, and much smaller.
    """
    groups = [(part, group) for part in parts for group in range(pq.read_metadata(part).num_row_groups)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        tables = list(pool.map(_read_group, *zip(*groups, strict=True))) if groups else []
    return pa.concat_tables([*map(_empty, parts), *tables], promote_options="default").unify_dictionaries()


def _read_group(part: Path, group: int) -> pa.Table:
    """One chunk: read in any other way each chunk of some thousand rows brings its own copy of a dictionary."""
    with _opened(part) as file:
        return file.read_row_group(group, use_threads=False)


def _empty(part: Path) -> pa.Table:
    with _opened(part) as file:
        return file.schema_arrow.empty_table()


def _opened(part: Path) -> pq.ParquetFile:
    repeated = REPEATED if set(pq.read_schema(part).names).issuperset(IDS_OF_INTERACTIONS) else []
    return pq.ParquetFile(part, read_dictionary=repeated)
