"""Rows that are there more than once, found exactly, at the price of looking closely at few.

A repeated row has a repeated hash. Hashes are small and quick to sort; only rows whose hash is repeated are compared
by all their columns.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from include.datasets.checking.column import Column
from include.datasets.night.columns import listed, same
from include.datasets.night.database import Connection, value
from include.datasets.night.rows import PLACE, drop

REPEATED = "repeated"
HASHES_AT_ONCE = 50_000_000  # eight bytes each, and as much again while they are fetched


def drop_within(connection: Connection, table: str, columns: Sequence[Column], newest_stays: bool = False) -> None:
    """Drop all but the first of equal rows of a table, or all but the last."""
    names, order = listed(columns), "_file DESC, _row DESC" if newest_stays else PLACE
    connection.register(
        "found_suspects", pa.table({"h": np.concatenate([*_repeated_hashes(connection, table, names)])})
    )
    connection.execute("CREATE OR REPLACE TEMP TABLE suspects AS FROM found_suspects")
    connection.unregister("found_suspects")
    again = (
        f"SELECT * FROM {table} WHERE hash({names}) IN (SELECT h FROM suspects) "
        f"QUALIFY row_number() OVER (PARTITION BY {names} ORDER BY {order}) > 1"
    )
    drop(connection, columns, again, REPEATED)


def _repeated_hashes(connection: Connection, table: str, names: str) -> Iterator[np.ndarray]:
    """Hashes that more than one row has, a share of all hashes at a time."""
    shares = int(value(connection, f"SELECT count(*) FROM {table}")) // HASHES_AT_ONCE + 1
    for share in range(shares):
        query = f"SELECT h FROM (SELECT hash({names}) AS h FROM {table}) WHERE h % {shares} = {share}"
        hashes = connection.execute(query).fetchnumpy()["h"]
        hashes.sort()
        yield np.unique(hashes[1:][hashes[1:] == hashes[:-1]])


def drop_found_in(
    connection: Connection, table: str, columns: Sequence[Column], others: str, why: str = REPEATED
) -> None:
    """Drop the rows of a table that equal one of the others."""
    names = listed(columns)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE candidates AS SELECT {names}, {PLACE} FROM {table} "
        f"WHERE hash({names}) IN (SELECT hash({names}) FROM {others})"
    )
    found = f"SELECT * FROM candidates AS c WHERE EXISTS (SELECT 1 FROM {others} AS o WHERE {same(columns, 'c', 'o')})"
    drop(connection, columns, found, why)
