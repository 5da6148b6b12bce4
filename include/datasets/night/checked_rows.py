"""What was found in sources, one after the other, on scratch files: a refused source leaves nothing behind."""

import csv
import io
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from include.datasets.checking.column import Column
from include.datasets.checking.rows import Checked
from include.datasets.night import parquet_files
from include.datasets.night.records import WHOLE_ROW

QUARANTINE_HEADER = ["source", "line", "column", "reason", "row"]


def as_csv(cells: Iterable[object]) -> str:
    """Cells as a line of CSV, without its end: what the quarantine shows of a row whose own text is gone."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(
        str(cell).lower() if isinstance(cell, bool) else cell for cell in cells
    )
    return line.getvalue()


class CheckedRows:
    """Good rows as Parquet, with `_source` and `_line`, and quarantined rows as CSV."""

    def __init__(self, scratch: Path, columns: Sequence[Column]) -> None:
        self.rows_read = 0
        self.rows_good = 0
        self.reasons: Counter[str] = Counter()
        self._scratch = scratch
        self._schema = pa.schema(
            [*((column.name, column.arrow) for column in columns), ("_source", pa.int32()), ("_line", pa.int64())]
        )
        self._rows: list[Path] = []
        self._quarantine = (scratch / "quarantine.csv").open("w", encoding="utf-8", newline="")
        csv.writer(self._quarantine).writerow(QUARANTINE_HEADER)

    @contextmanager
    def source(self, position: int, uri: str) -> Iterator[Callable[[Checked], None]]:
        """Yield what takes the rows of a source; they count once the context is left, and not if it raises."""
        one = _Source(self._scratch / f"{position:05}", self._schema, position, uri)
        try:
            with one:
                yield one.add
        except BaseException:
            one.delete()
            raise
        self.rows_read += one.rows_read
        self.rows_good += one.rows_good
        self.reasons += one.reasons
        with one.quarantine.open(encoding="utf-8", newline="") as file:
            shutil.copyfileobj(file, self._quarantine, 1 << 20)
        if one.rows_good:
            self._rows.append(one.rows)

    def finished(self) -> tuple[Path | None, Path | None]:
        """The file of the good rows and that of the quarantined ones, where there are any."""
        self._quarantine.close()
        quarantine = Path(self._quarantine.name) if self.reasons else None
        return self._together(), quarantine

    def _together(self) -> Path | None:
        if len(self._rows) < 2:
            return self._rows[0] if self._rows else None
        together = self._scratch / "rows.parquet"
        with parquet_files.writer(together, self._schema) as writer:
            for file in self._rows:
                with pq.ParquetFile(file) as rows:
                    for group in range(rows.num_row_groups):
                        writer.write_table(rows.read_row_group(group))
                file.unlink()
        return together

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._quarantine.close()


class _Source:
    def __init__(self, stem: Path, schema: pa.Schema, position: int, uri: str) -> None:
        self.rows, self.quarantine = stem.with_suffix(".parquet"), stem.with_suffix(".csv")
        self.rows_read = 0
        self.rows_good = 0
        self.reasons: Counter[str] = Counter()
        self._schema, self._position, self._uri = schema, position, uri
        self._writer = parquet_files.writer(self.rows, schema)
        self._bad = self.quarantine.open("w", encoding="utf-8", newline="")
        self._bad_rows = csv.writer(self._bad)
        self._waiting: list[pa.Table] = []

    def add(self, checked: Checked) -> None:
        rows = len(checked.rows)
        self.rows_read += checked.rows_read
        self.rows_good += rows
        for row in checked.quarantined:
            self._bad_rows.writerow([self._uri, row.line, row.column, row.reason, row.text])
            self.reasons[row.column or WHOLE_ROW] += 1
        if rows:
            position = pa.repeat(pa.scalar(self._position, pa.int32()), rows)
            self._waiting.append(pa.table([*checked.rows.columns, position, checked.lines], schema=self._schema))
            if sum(map(len, self._waiting)) >= parquet_files.ROWS_A_GROUP:
                self._flush()

    def delete(self) -> None:
        self.rows.unlink()
        self.quarantine.unlink()

    def _flush(self) -> None:
        if self._waiting:
            self._writer.write_table(pa.concat_tables(self._waiting))
            self._waiting.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()
        self._writer.close()
        self._bad.close()
