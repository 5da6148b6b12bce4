"""Rows as the CSV that Personalize imports: header without quotes, a backslash before a quote and before itself."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

SPECIAL = (b'"', b"\\", b",", b"\n", b"\r")
ROWS_AT_ONCE, BYTES_AT_ONCE = 250_000, 2**28  # Arrow's strings end at 2 GB


def header(names: Sequence[str]) -> bytes:
    """The first line."""
    return ",".join(names).encode() + b"\n"


def lines(table: pa.Table) -> list[memoryview]:
    """The rows as UTF-8, a line each, in pieces; null is an empty cell; strings may be encoded.

    Arrow's own writer is the quickest, but doubles quotes and leaves backslashes: it gets what has neither.
    """
    table = pa.table({name: _plain(table[name]) for name in table.column_names}).combine_chunks()
    if not any(map(_has_special, table.columns)):
        sink = pa.BufferOutputStream()
        pyarrow.csv.write_csv(table, sink, pyarrow.csv.WriteOptions(include_header=False, quoting_style="none"))
        return [memoryview(sink.getvalue())]
    rows = max(1, ROWS_AT_ONCE * BYTES_AT_ONCE // max(table.nbytes, BYTES_AT_ONCE))
    return [_piece(batch) for batch in table.to_batches(rows)]


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column


def _piece(batch: pa.RecordBatch) -> memoryview:
    cells = [_cells(column) for column in batch.columns]
    joined = pc.binary_join_element_wise(*cells, ",", null_handling="replace", null_replacement="")
    whole = pc.binary_join_element_wise(joined, "", "\n")
    _, offsets, text = whole.buffers()
    return memoryview(text)[: np.frombuffer(offsets, np.int32)[len(whole)]]


def _cells(column: pa.Array) -> pa.StringArray:
    if not pa.types.is_string(column.type):
        return column.cast(pa.string())
    if not _has_special(column):
        return column
    special = pc.match_substring_regex(column, '["\\\\,\r\n]')
    escaped = pc.replace_substring(pc.replace_substring(column, "\\", "\\\\"), '"', '\\"')
    return pc.if_else(special, pc.binary_join_element_wise('"', escaped, '"', ""), column)


def _has_special(column: pa.Array | pa.ChunkedArray) -> bool:
    """Whether a cell may need a quote or a backslash; looks at all the text at once, maybe at a neighbour's too."""
    if isinstance(column, pa.ChunkedArray):
        return any(map(_has_special, column.chunks))
    text = bytes(column.buffers()[2] or b"") if pa.types.is_string(column.type) else b""
    return any(mark in text for mark in SPECIAL)
