"""JSON lines in bounded memory: an object a line, its members are the cells, numbers spelled as they came."""

import io
import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import orjson
import pyarrow as pa

from include.datasets.reading import blocks
from include.datasets.reading.chunk import Chunk, Quarantined, UnusableFileError

Cells = dict[str, str | None]


def read(
    uri: str, stream: BinaryIO, types: Mapping[str, str] | None = None, block_bytes: int = blocks.BLOCK_BYTES
) -> Iterator[Chunk]:
    """Yield the objects of a file, one a line; empty lines are no rows, a member that is missing or null is no cell.

    types: the columns that are wanted; an object or array as the value of another is left out. None wants them all.
    Raises UnusableFileError if the file is a JSON array, no line of the first block is an object, or it is not UTF-8.
    """
    line = 1
    for block in blocks.cut(uri, stream, block_bytes):
        chunk, lines = _chunk(uri, block, line, types)
        if line == 1 and chunk.broken and (not len(chunk.cells) or block.lstrip().startswith(b"[")):
            raise UnusableFileError(
                f"{uri}, line {chunk.broken[0].line}: {chunk.broken[0].reason}. JSON lines has one object a line, "
                'such as {"USER_ID": "7"}, without brackets or commas around them.'
            )
        yield chunk
        line += lines


def _chunk(uri: str, block: bytes, first: int, types: Mapping[str, str] | None) -> tuple[Chunk, int]:
    try:
        texts = list(io.StringIO(block.decode(), newline=""))
    except UnicodeDecodeError as error:
        raise blocks.undecodable(uri, first, block, error) from error
    rows: list[Cells] = []
    positions: list[int] = []
    broken: list[Quarantined] = []
    for position, text in enumerate(texts):
        line = text.strip(" \t\r\n")
        if not line:
            continue
        try:
            rows.append(_cells(line, types))
            positions.append(position)
        except (ValueError, RecursionError) as error:
            broken.append(Quarantined(first + position, "", str(error), text))
    names = dict.fromkeys(name for row in rows for name in row)
    cells = pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in names})
    lines = pa.array([first + position for position in positions], pa.int64())
    return Chunk(cells, lines, lambda row: texts[positions[row]], broken), len(texts)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{', '.join(name for name in members if names.count(name) > 1)} stands twice in the object")
    return members


DECODER = json.JSONDecoder(object_pairs_hook=_members, parse_float=str, parse_int=str, parse_constant=str)


def _cells(text: str, types: Mapping[str, str] | None) -> Cells:
    """The members of an object as text; raises ValueError, whose message is the reason to quarantine the row."""
    return _plain_cells(text) or _any_cells(text, types)


def _plain_cells(text: str) -> Cells | None:
    """The fast lane: members that are strings, whole numbers and null, none of them twice; None for other lines."""
    try:
        row = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if type(row) is not dict or text.count(":") != len(row):
        return None
    for name, value in row.items():
        if type(value) is int and value:  # zero may have been spelled -0
            row[name] = str(value)
        elif type(value) is not str and value is not None:
            return None
    return row


def _any_cells(text: str, types: Mapping[str, str] | None) -> Cells:
    try:
        row = DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON ({error.msg}: character {error.pos + 1})") from error
    if not isinstance(row, dict):
        raise ValueError("not a JSON object")
    if not row:
        raise ValueError("an empty object")
    for name, value in row.items():
        if type(value) is bool:
            row[name] = "true" if value else "false"
        elif isinstance(value, dict | list):
            if types is None or name in types:
                raise ValueError(f"{name} is {'an object' if isinstance(value, dict) else 'an array'}, not one value")
            row[name] = None
    if "\\u" in text:
        _check_surrogates(row)
    return row


def _check_surrogates(row: Cells) -> None:
    """JSON can spell half a character, which no UTF-8 can."""
    for name, value in row.items():
        try:
            f"{name}{value}".encode()
        except UnicodeEncodeError as error:
            raise ValueError("half of a surrogate pair, which is no character") from error
