"""Members of JSON objects become the text that stands in the file, on the fast lane as on the other."""

import io
import json

from hypothesis import example, given, settings
from hypothesis import strategies as st

from include.datasets.reading import json_lines
from include.datasets.reading.chunk import Quarantined

TYPES = {"USER_ID": "string", "TIMESTAMP": "long"}
NAMES = st.sampled_from([*TYPES, "EXTRA", "a:b", ""])
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.just([1]) | st.just({})
OBJECTS = st.dictionaries(NAMES, VALUES, min_size=1, max_size=4).map(json.dumps)
BROKEN = st.sampled_from(
    ['{"USER_ID": 1, "USER_ID": 2}', "{", "7", "{}", "nonsense", '{"USER_ID": "\\udc00"}', '["x"]']
)


def read(text: str, block_bytes: int) -> tuple[list[tuple[int, dict[str, str], str]], list[Quarantined]]:
    good, broken = [], []
    # A first line that is good, for a file without any is refused.
    file = io.BytesIO(b'{"USER_ID": "u1"}\n' + text.encode())
    for chunk in json_lines.read("s3://b/k.jsonl", file, TYPES, block_bytes):
        for position, (line, row) in enumerate(zip(chunk.lines.to_pylist(), chunk.cells.to_pylist(), strict=True)):
            present = {name: cell for name, cell in row.items() if cell is not None}
            good.append((line, present, chunk.text(position)))
        broken += chunk.broken
    return good[1:], broken


@settings(max_examples=200, deadline=None)
@given(
    lines=st.lists(OBJECTS | BROKEN, max_size=5), end=st.sampled_from(["\n", "\r\n", "\n\n"]), block=st.integers(1, 60)
)
@example(lines=['{"USER_ID": -0, "TIMESTAMP": 1.50}'], end="\n", block=100)
@example(lines=['{"USER_ID": 123456789012345678901234567890}'], end="\n", block=100)
def test_every_line_is_read_or_broken_and_what_is_read_is_spelled_as_it_was(
    lines: list[str], end: str, block: int
) -> None:
    text = "".join(line + end for line in lines)

    good, broken = read(text, block)

    assert len(good) + len(broken) == len(lines)
    assert "".join(row for _, row in sorted([(n, row) for n, _, row in good] + [(b.line, b.text) for b in broken])) == (
        "".join(line + end.replace("\n\n", "\n") for line in lines)
    )
    for _, cells, row in good:
        spelled = json.loads(row, parse_int=str, parse_float=str, parse_constant=str)
        nested = [name for name, value in spelled.items() if isinstance(value, dict | list)]
        assert not TYPES.keys() & nested
        assert cells == {
            name: {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value
            for name, value in spelled.items()
            if value is not None and name not in nested
        }


def test_lines_are_counted_with_the_empty_ones() -> None:
    good, broken = read('\n{"USER_ID": "u2"}\r\n   \n{"USER_ID"}\n{"USER_ID": "u3"}', 10)

    assert [(line, cells["USER_ID"]) for line, cells, _ in good] == [(3, "u2"), (6, "u3")]
    assert [(row.line, row.text) for row in broken] == [(5, '{"USER_ID"}\n')]
