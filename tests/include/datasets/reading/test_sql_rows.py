"""Rows of a database: a real PostgreSQL by both of its drivers, and SQLite for drivers without server-side cursors."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import psutil
import psycopg
import psycopg2
import pytest

from include.config import SqlSource
from include.datasets.night.records import Window
from include.datasets.reading.chunk import Chunk, UnusableFileError
from include.datasets.reading.sql_rows import next_window, rows
from include.datasets.reading.sql_window import mark_of, text_of

pytest_plugins = ["tests.postgres"]

Connect = Callable[..., Any]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FAR = datetime(2100, 1, 1, tzinfo=UTC)
MILLION = 1_000_000


def source(query: str = "SELECT * FROM events", high_water: str = "at", lookback: int = 3600) -> SqlSource:
    return SqlSource(connection="shop", query=query, high_water=high_water, lookback=lookback)


def execute(connection: Any, *statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.commit()


def window(connection: Any, of: SqlSource, last_high: str | None = None, now: datetime = FAR) -> Window | None:
    with closing(connection.cursor()) as cursor:
        return next_window(cursor, of, last_high, now=now)


def read(connection: Any, of: SqlSource, taken: Window, **options: Any) -> list[dict[str, str | None]]:
    return [row for chunk in rows(connection, of, taken, **options) for row in chunk.cells.to_pylist()]


def ids(connection: Any, of: SqlSource, taken: Window | None) -> list[str | None]:
    assert taken is not None
    return [row["id"] for row in read(connection, of, taken)]


def broken(chunks: Iterator[Chunk]) -> list[tuple[int, str, str]]:
    return [(row.line, row.column, row.reason) for chunk in chunks for row in chunk.broken]


@pytest.fixture(params=[psycopg2.connect, psycopg.connect], ids=["psycopg2", "psycopg"])
def connection(request: pytest.FixtureRequest, database: Connect) -> Any:
    """A table of events whose rows came at noon, and one, two and three hours later."""
    opened = database(request.param)
    execute(
        opened,
        "CREATE TABLE events (id int, at timestamptz)",
        "INSERT INTO events SELECT n, timestamptz '2026-03-01 12:00Z' + n * interval '1 hour' "
        "FROM generate_series(0, 3) n",
    )
    return opened


def test_a_night_begins_where_the_last_one_ended_less_the_lookback(connection: Any) -> None:
    first = window(connection, source())
    assert first == Window(low=None, high="2026-03-01T15:00:00+00:00", lookback=3600)
    assert ids(connection, source(), first) == ["0", "1", "2", "3"]
    assert window(connection, source(), first.high) is None

    execute(connection, "INSERT INTO events VALUES (4, '2026-03-01 16:00Z')")
    second = window(connection, source(), first.high)

    assert second == Window(low="2026-03-01T14:00:00+00:00", high="2026-03-01T16:00:00+00:00", lookback=3600)
    assert ids(connection, source(), second) == ["2", "3", "4"]


def test_a_row_committed_late_is_seen_within_the_lookback(connection: Any, database: Connect) -> None:
    late = database()
    with late.cursor() as cursor:
        cursor.execute("INSERT INTO events VALUES (9, '2026-03-01 14:30Z')")  # begun before the window, not committed
    first = window(connection, source())
    assert "9" not in ids(connection, source(), first)

    late.commit()
    execute(connection, "INSERT INTO events VALUES (4, '2026-03-01 16:00Z')")

    assert ids(connection, source(), window(connection, source(), first.high)) == ["2", "9", "3", "4"]


@pytest.mark.parametrize("lookback", [0, 3600])
def test_rows_with_the_mark_the_last_night_ended_at_are_not_lost(connection: Any, lookback: int) -> None:
    of = source(lookback=lookback)
    first = window(connection, of)
    before = ids(connection, of, first)
    execute(
        connection,
        "INSERT INTO events VALUES (30, '2026-03-01 15:00Z')",  # as high as the mark, and committed after
        "INSERT INTO events VALUES (4, '2026-03-01 16:00Z'), (40, '2026-03-01 16:00Z')",
    )

    after = ids(connection, of, window(connection, of, first.high))

    assert {*before, *after} == {"0", "1", "2", "3", "30", "4", "40"}
    assert sorted(set(after)) == sorted(after)  # what comes twice comes in two nights, and that is recognised


def test_the_same_window_gives_the_same_rows_whatever_came_since(connection: Any) -> None:
    taken = window(connection, source())
    before = read(connection, source(), taken)
    execute(connection, "INSERT INTO events VALUES (4, '2026-03-01 15:00:01Z')")

    assert read(connection, source(), taken) == before


def test_a_mark_in_the_future_waits_and_hides_nothing(connection: Any) -> None:
    execute(connection, "INSERT INTO events VALUES (99, '2999-01-01 00:00Z')")

    tonight = window(connection, source(), now=NOON + timedelta(hours=1))

    assert tonight.high == "2026-03-01T13:00:00+00:00"
    assert ids(connection, source(), tonight) == ["0", "1"]
    assert window(connection, source(), "2026-03-01T13:00:00+00:00", now=NOON + timedelta(hours=2)).high == (
        "2026-03-01T14:00:00+00:00"
    )
    assert window(connection, source(), now=NOON - timedelta(hours=1)) is None


def test_rows_without_a_mark_are_set_aside_every_time(connection: Any) -> None:
    execute(connection, "INSERT INTO events VALUES (7, NULL)")
    (first, last) = rows(connection, source(), window(connection, source()))

    assert len(first.cells) == 4
    assert [(row.line, row.column, json.loads(row.text)) for row in last.broken] == [(5, "at", {"id": 7, "at": None})]
    assert "is null" in last.broken[0].reason


def test_odd_names_and_queries_are_taken_as_they_are(connection: Any) -> None:
    execute(
        connection,
        'CREATE TABLE "odd ""table" (id int, "50% ""at"" %s {}" timestamptz)',
        """INSERT INTO "odd ""table" VALUES (1, '2026-03-01 12:00Z'), (2, '2026-03-01 13:00Z')""",
    )
    odd = source("""SELECT * FROM "odd ""table" WHERE 'a%' LIKE '_%' -- all of them""", '50% "at" %s {}')

    assert ids(connection, odd, window(connection, odd)) == ["1", "2"]


def test_the_values_of_a_window_are_no_sql(connection: Any) -> None:
    for high in ("'; DROP TABLE events; --", "2026-03-01T15:00:00+00:00' OR true --"):
        with pytest.raises(ValueError, match="isoformat"):
            list(rows(connection, source(), Window(low=None, high=high)))

    assert len(ids(connection, source(), window(connection, source()))) == 4


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("text 'Ünï \"q\" \\'", 'Ünï "q" \\'),
        ("text ''", ""),
        ("NULL::text", None),
        ("9223372036854775807", "9223372036854775807"),
        ("1e30::numeric", "1" + "0" * 30),
        ("12.50::numeric", "12.50"),
        ("'NaN'::numeric", "NaN"),
        ("0.1::float8", "0.1"),
        ("true", "true"),
        ("false", "false"),
        ("timestamptz '1970-01-02 00:00:00.9+01'", "82800"),
        ("timestamp '1970-01-02 00:00:00.9'", "86400"),
        ("timestamp '1969-12-31 23:59:59.5'", "-1"),
        ("date '1970-01-02'", "86400"),
        ("time '12:30'", "12:30:00"),
        ("uuid '6ecd8c99-4036-403d-bf84-cf8400f67836'", "6ecd8c99-4036-403d-bf84-cf8400f67836"),
    ],
)
def test_values_become_cells(connection: Any, value: str, cell: str | None) -> None:
    of = source(f"SELECT at, {value} AS value FROM events WHERE id = 0")

    assert read(connection, of, window(connection, of), types={"value": "long"}) == [{"at": None, "value": cell}]


def test_a_time_becomes_text_where_the_schema_wants_text(connection: Any) -> None:
    of = source("SELECT at, date '1970-01-02' AS day FROM events WHERE id = 0")

    assert read(connection, of, window(connection, of), types={"day": "string"}) == [{"at": None, "day": "1970-01-02"}]


@pytest.mark.parametrize("value", ["'\\xff'::bytea", "array[1, 2]", "'{\"a\": 1}'::jsonb", "interval '1 day'"])
def test_a_value_that_is_no_text_number_or_time_breaks_its_row_alone(connection: Any, value: str) -> None:
    of = source(f"SELECT id, at, CASE WHEN id = 1 THEN {value} END AS value FROM events")
    taken = window(connection, of)

    (chunk,) = rows(connection, of, taken)

    assert chunk.cells["id"].to_pylist() == ["0", "2", "3"]
    assert chunk.lines.to_pylist() == [1, 3, 4]
    assert json.loads(chunk.text(1))["id"] == 2
    ((line, column, reason),) = broken(iter([chunk]))
    assert (line, column) == (2, "value")
    assert "make text, a number or a time of it in the query" in reason
    assert json.loads(chunk.broken[0].text)["id"] == 1
    assert broken(rows(connection, of, taken, types={"id": "int"})) == []  # a column that nobody wants breaks nothing


@pytest.mark.parametrize(
    ("of", "says"),
    [
        (source(high_water="updated"), "updated: the query has no such column. Allowed: one of id, at"),
        (source(high_water="AT"), "AT: the query has no such column. Allowed: one of id, at, spelled in just this way"),
        (
            source("SELECT id::text, at FROM events", "id"),
            "id is of type str ('3'), which tells no new row from an old one",
        ),
        (source("SELECT true AS id FROM events", "id"), "function max(boolean) does not exist"),
        (source("SELECT 1.5::float8 AS id FROM events", "id"), "Allowed: a timestamp, a date or a whole number; CAST"),
    ],
)
def test_a_column_that_cannot_tell_what_is_new(connection: Any, of: SqlSource, says: str) -> None:
    with pytest.raises((UnusableFileError, psycopg2.Error, psycopg.Error)) as error:
        window(connection, of)

    assert says in str(error.value)


def test_a_column_that_stands_twice(connection: Any) -> None:
    twice = source("SELECT events.*, 1 AS id FROM events")

    with pytest.raises(UnusableFileError, match=r"column id stands twice\. Name each once, by AS"):
        list(rows(connection, twice, window(connection, twice)))


def test_a_column_that_became_another_type(connection: Any) -> None:
    with pytest.raises(UnusableFileError, match=r"is 2026-03-01T15:00:00\+00:00 now, and was 17 when the last night"):
        window(connection, source(), "17")


def test_an_empty_table_has_no_window_and_an_empty_window_its_columns(connection: Any) -> None:
    assert window(connection, source("SELECT * FROM events WHERE false")) is None

    (chunk,) = rows(connection, source(), Window(low="2027-01-01", high="2027-01-01"))

    assert (chunk.cells.column_names, len(chunk.cells), len(chunk.lines)) == (["id", "at"], 0, 0)


@pytest.mark.parametrize(
    ("kind", "last", "lookback", "low", "high", "taken_rows"),
    [
        ("n", "2", 1, "1", "3", 3),
        ("n::numeric(9, 1)", "2.0", 1, "1.0", "3.0", 3),
        ("n::numeric(9, 1)", "2", 1, "1", "3.0", 3),
        ("date '2026-03-01' + n", "2026-03-03", 3600, "2026-03-02", "2026-03-04", 3),
        ("date '2026-03-01' + n", "2026-03-03", 0, "2026-03-03", "2026-03-04", 2),
        ("timestamp '2026-03-01' + n * interval '1 us'", "2026-03-01T00:00:00.000002", 1,
         "2026-02-28T23:59:59.000002", "2026-03-01T00:00:00.000003", 3),
        ("timestamp '2026-03-01' + n * interval '1 h'", "2026-03-01T02:00:00+00:00", 0,
         "2026-03-01T02:00:00", "2026-03-01T03:00:00", 2),
    ],
)  # fmt: skip
def test_the_lookback_is_in_the_columns_own_units(
    database: Connect, kind: str, last: str, lookback: int, low: str, high: str, taken_rows: int
) -> None:
    connection = database(psycopg.connect)
    of = source(f"SELECT {kind} AS mark FROM generate_series(1, 3) n", "mark", lookback)

    taken = window(connection, of, last)

    assert taken == Window(low=low, high=high, lookback=lookback)
    assert [text_of(mark_of(mark)) for mark in (low, high)] == [low, high]
    assert len(read(connection, of, taken)) == taken_rows


def test_the_server_keeps_the_cursor(connection: Any) -> None:
    chunks = rows(connection, source(), window(connection, source()), chunk_rows=1)
    next(chunks)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_cursors")
        assert cursor.fetchall() == [("night",)]

    assert len(list(chunks)) == 3


def test_a_million_rows_stream_through_a_client_that_holds_few(database: Connect) -> None:
    connection = database()
    of = source(f"SELECT n, md5('') AS text FROM generate_series(1, {MILLION}) n", "n")
    read(connection, of, Window(low=None, high="9"))  # what is allocated once is not the point
    memory = psutil.Process().memory_info
    before = peak = memory().rss
    count = total = 0
    for chunk in rows(connection, of, Window(low=None, high=str(MILLION)), types={}, chunk_rows=10_000):
        count += len(chunk.cells)
        total += chunk.lines[0].as_py()
        peak = max(peak, memory().rss)

    assert count == MILLION
    assert total == sum(range(1, MILLION, 10_000))
    # A row held is a tuple of two, an int and a text of 32 characters: 72 + 28 + 81 bytes.
    assert peak - before < 181 * MILLION / 4


def test_a_driver_without_server_side_cursors_is_read_a_chunk_at_a_time() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE events (id INTEGER, name)")
        connection.executemany("INSERT INTO events VALUES (?, ?)", [(n, f"name {n}") for n in range(25)])
        connection.execute("INSERT INTO events VALUES (30, x'00ff')")
        of = source("SELECT * FROM events WHERE name <> 'what?'", "id", lookback=2)
        taken = next_window(connection.cursor(), of, "7", "?")
        assert taken == Window(low="5", high="30", lookback=2)

        chunks = list(rows(connection, of, taken, "?", chunk_rows=10))

    assert [len(chunk.cells) for chunk in chunks] == [10, 10, 0]
    assert [line for chunk in chunks for line in chunk.lines.to_pylist()] == list(range(1, 21))
    assert chunks[0].cells.slice(0, 1).to_pylist() == [{"id": "5", "name": "name 5"}]
    assert [row.text for row in chunks[2].broken] == ['{"id": 30, "name": "00ff"}']


def test_a_database_that_quotes_names_in_its_own_way() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        of = source("SELECT 7 AS `a ``b` UNION ALL SELECT 8", "a `b")

        taken = next_window(connection.cursor(), of, None, "?", "`{}`")

        assert taken == Window(low=None, high="8", lookback=3600)
        assert read(connection, of, taken, placeholder="?", quote="`{}`") == [{"a `b": "7"}, {"a `b": "8"}]
