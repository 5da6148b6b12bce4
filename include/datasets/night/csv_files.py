"""Rows as the CSV that Personalize imports: header without quotes, a backslash before a quote and before itself."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from include.datasets.checking.column import Column
from include.datasets.night.columns import listed, quoted
from include.datasets.night.database import Connection, text


def write(connection: Connection, rows: str, columns: Sequence[Column], file: Path) -> None:
    """Write the columns of a table to a file; null is an empty cell."""
    escaped = _with_backslashes(connection, rows, columns)
    body = file.with_suffix(".body") if escaped else file
    # DuckDB escapes a backslash only in cells that it quotes; but then it quotes the header, too.
    style = f"HEADER false, FORCE_QUOTE ({', '.join(map(quoted, escaped))})" if escaped else "HEADER true"
    connection.execute(
        f"COPY (SELECT {listed(columns)} FROM {rows}) TO {text(body)} (FORMAT csv, {style}, QUOTE '\"', ESCAPE '\\')"
    )
    if escaped:
        with file.open("wb") as whole, body.open("rb") as lines:
            whole.write((",".join(column.name for column in columns) + "\n").encode())
            shutil.copyfileobj(lines, whole, 1 << 20)
        body.unlink()


def _with_backslashes(connection: Connection, rows: str, columns: Sequence[Column]) -> list[str]:
    strings = [column.name for column in columns if column.kind == "string"]
    looks = ", ".join(f"bool_or(contains({quoted(name)}, '\\'))" for name in strings)
    found = connection.execute(f"SELECT {looks} FROM {rows}").fetchall()[0]
    return [name for name, has in zip(strings, found, strict=True) if has]
