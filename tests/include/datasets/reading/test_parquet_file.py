"""Parquet comes in pieces, with the numbers of the rows and their text."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from include.datasets.reading import parquet_file


def test_pieces_go_on_counting(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"USER_ID": [f"u{row}" for row in range(10)], "AGE": range(10)}), path, row_group_size=4)

    chunks = list(parquet_file.read("s3://b/a.parquet", path, rows=3))

    assert max(len(chunk.cells) for chunk in chunks) == 3
    assert [line for chunk in chunks for line in chunk.lines.to_pylist()] == list(range(1, 11))
    assert [cell for chunk in chunks for cell in chunk.cells["AGE"].to_pylist()] == [str(row) for row in range(10)]
    assert [chunk.text(0) for chunk in chunks] == ["u0,0\n", "u3,3\n", "u6,6\n", "u9,9\n"]


def test_a_time_is_epoch_seconds_unless_text_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    before, after = pa.scalar(-1, pa.timestamp("ms")), pa.scalar(1_999, pa.timestamp("ms"))
    pq.write_table(pa.table({"SEEN": pa.array([before, after]), "BORN": pa.array([0, 1], pa.date32())}), path)

    (chunk,) = parquet_file.read("s3://b/a.parquet", path, {"SEEN": "long", "BORN": "string"})

    assert chunk.cells.to_pydict() == {"SEEN": ["-1", "1"], "BORN": ["1970-01-01", "1970-01-02"]}
