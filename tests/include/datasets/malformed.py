# ruff: noqa: E501  # a case is a line
"""Malformed inputs, one a line, and what becomes of each: read all the same, quarantined, or the file refused.

Cells stand in the middle of five rows of a CSV, of JSON lines and of Parquet; rows in the middle of five rows of
their format. The other four rows are good and must come through.
"""

import codecs
import datetime as dt
import gzip
import io
from decimal import Decimal
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

NOW = 1_700_000_000  # epoch seconds, 14 November 2023
FIELDS = [
    {"name": "USER_ID", "type": "string"},
    {"name": "ITEM_ID", "type": "string"},
    {"name": "TIMESTAMP", "type": "long"},
    {"name": "EVENT_TYPE", "type": ["string", "null"]},
    {"name": "EVENT_VALUE", "type": ["float", "null"]},
    {"name": "IMPRESSION", "type": ["string", "null"]},
    {"name": "RECOMMENDATION_ID", "type": ["string", "null"]},
    {"name": "CREATION_TIMESTAMP", "type": ["long", "null"]},
    {"name": "AGE", "type": ["int", "null"]},
    {"name": "MEMBER", "type": ["boolean", "null"]},
    {"name": "GENRES", "type": ["string", "null"], "categorical": True},
    {"name": "SYNOPSIS", "type": ["string", "null"], "textual": True},
]
GOOD = {"USER_ID": "u1", "ITEM_ID": "i1", "TIMESTAMP": "1690000000", "EVENT_TYPE": "watch"}


class Kept(NamedTuple):
    """The row is good; `value` is what it holds in the column at hand."""

    value: Any = None


class Quarantined(NamedTuple):
    reason: str
    column: str = ""


class Refused(NamedTuple):
    message: str


Outcome = Kept | Quarantined | Refused

# (name, column, cell, outcome); a reason begins with the column's name, which is not repeated here
CELLS: list[tuple[str, str, str, Outcome]] = [
    # Ids
    ("empty user", "USER_ID", "", Quarantined("is empty")),
    ("empty item", "ITEM_ID", "", Quarantined("is empty")),
    ("user of blanks", "USER_ID", "  ", Quarantined("is blank")),
    ("user of a no-break space", "USER_ID", "\u00a0", Quarantined("is blank")),
    ("id of 256 characters", "USER_ID", "u" * 256, Kept("u" * 256)),
    ("id of 257 characters", "USER_ID", "u" * 257, Quarantined("has 257 characters; Personalize allows 256")),
    ("id of 256 characters, 512 bytes", "ITEM_ID", "ü" * 256, Kept("ü" * 256)),
    ("id with a blank before it", "USER_ID", " u1", Quarantined("with blanks around it")),
    ("id with a blank after it", "ITEM_ID", "i1 ", Quarantined("with blanks around it")),
    ("id with a blank within", "USER_ID", "user 1", Kept("user 1")),
    ("id with a tab", "USER_ID", "u\t1", Quarantined("the control character U+0009")),
    ("id with NUL", "USER_ID", "u\x001", Quarantined("the control character U+0000")),
    ("id with a zero-width space", "ITEM_ID", "i\u200b1", Quarantined("the invisible character U+200B")),
    ("id with a byte order mark", "USER_ID", "\ufeffu1", Quarantined("the invisible character U+FEFF")),
    ("id with a line break", "ITEM_ID", "i\n1", Quarantined("has a line break; Personalize takes one record a line")),
    ("id with a comma and a quote", "ITEM_ID", 'i,"1"', Kept('i,"1"')),
    ("id with a backslash", "ITEM_ID", "i\\1", Kept("i\\1")),
    ("id in Greek", "USER_ID", "χρήστης", Kept("χρήστης")),
    ("NULL for a user", "USER_ID", "NULL", Quarantined("looks like a missing value")),
    ("None for a user", "USER_ID", "None", Quarantined("looks like a missing value")),
    ("nan for an item", "ITEM_ID", "nan", Quarantined("looks like a missing value")),
    (r"\N for a user", "USER_ID", r"\N", Quarantined("looks like a missing value")),
    ("undefined for a user", "USER_ID", "undefined", Quarantined("looks like a missing value")),
    ("reserved word for an item", "ITEM_ID", "EVENT_TYPE", Quarantined("a word that Personalize reserves")),
    ("header among the rows", "USER_ID", "USER_ID", Quarantined("a header within the rows")),
    # Times
    ("no time", "TIMESTAMP", "", Quarantined("is empty")),
    ("milliseconds", "TIMESTAMP", "1690000000000", Quarantined("milliseconds, it seems; Personalize takes epoch seconds")),
    ("microseconds", "TIMESTAMP", "1690000000000000", Quarantined("microseconds, it seems")),
    ("nanoseconds", "TIMESTAMP", "1690000000000000000", Quarantined("nanoseconds, it seems")),
    ("more digits than any time", "TIMESTAMP", "9" * 30, Quarantined("too large for a time")),
    ("negative time", "TIMESTAMP", "-1", Quarantined("is -1, before 1970")),
    ("zero time", "TIMESTAMP", "0", Quarantined("is 0: no time, it seems")),
    ("an item made in 1970", "CREATION_TIMESTAMP", "0", Kept(0)),
    ("fraction of a second", "TIMESTAMP", "1690000000.5", Quarantined("has a fraction")),
    ("whole seconds with a zero fraction", "TIMESTAMP", "1690000000.0", Kept(1690000000)),
    ("scientific notation", "TIMESTAMP", "1.69E+09", Quarantined("its digits are lost")),
    ("ISO time", "TIMESTAMP", "2023-07-22T04:26:40Z", Quarantined("looks like a date; Personalize takes epoch seconds")),
    ("ISO date", "TIMESTAMP", "2023-07-22", Quarantined("looks like a date")),
    ("American date", "TIMESTAMP", "7/22/2023", Quarantined("looks like a date")),
    ("date without separators", "TIMESTAMP", "20230722", Quarantined("looks like a date")),
    ("time with blanks", "TIMESTAMP", " 1690000000", Quarantined("there are blanks around it")),
    ("time in Arabic digits", "TIMESTAMP", "١٦٩٠٠٠٠٠٠٠", Quarantined("not epoch seconds")),
    ("a day ahead", "TIMESTAMP", str(NOW + 86_400), Kept(NOW + 86_400)),
    ("more than a day ahead", "TIMESTAMP", str(NOW + 86_401), Quarantined("more than a day in the future")),
    ("NaN for a time", "TIMESTAMP", "NaN", Quarantined("not epoch seconds")),
    ("word for a time", "TIMESTAMP", "yesterday", Quarantined("not epoch seconds")),
    ("creation in milliseconds", "CREATION_TIMESTAMP", "1690000000000", Quarantined("milliseconds, it seems")),
    ("no creation", "CREATION_TIMESTAMP", "", Kept(None)),
    # Numbers and truth
    ("NaN for a number", "EVENT_VALUE", "NaN", Quarantined("not a finite number")),
    ("infinity", "EVENT_VALUE", "-inf", Quarantined("not a finite number")),
    ("word for a number", "EVENT_VALUE", "much", Quarantined("not a number")),
    ("NULL for a number", "EVENT_VALUE", "NULL", Quarantined("not a number; leave the cell empty for no value")),
    ("decimal comma", "EVENT_VALUE", "4,5", Quarantined("write a decimal point")),
    ("too large for a float", "EVENT_VALUE", "1e39", Quarantined("too large for float")),
    ("exponent", "EVENT_VALUE", "45e-1", Kept(4.5)),
    ("thousands", "AGE", "1,000", Quarantined("a comma stands in it")),
    ("fraction for a whole number", "AGE", "33.5", Quarantined("not a whole number")),
    ("whole number with a zero fraction", "AGE", "33.0", Kept(33)),
    ("too large for an int", "AGE", "2147483648", Quarantined("too large for int")),
    ("hexadecimal", "AGE", "0x21", Quarantined("not a whole number")),
    ("number with underscores", "AGE", "1_0", Quarantined("not a whole number")),
    ("yes for true", "MEMBER", "yes", Quarantined("not true or false")),
    ("1 for true", "MEMBER", "1", Quarantined("not true or false")),
    ("TRUE", "MEMBER", "TRUE", Kept(True)),
    # Event types, impressions, categories, texts
    ("event type of blanks", "EVENT_TYPE", " ", Kept(None)),
    ("event type with a blank after it", "EVENT_TYPE", "watch ", Quarantined("with blanks around it")),
    ("NULL for an event type", "EVENT_TYPE", "null", Quarantined("looks like a missing value")),
    ("reserved word for an event type", "EVENT_TYPE", "IMPRESSION", Quarantined("a word that Personalize reserves")),
    ("event type of 257 characters", "EVENT_TYPE", "w" * 257, Quarantined("Personalize allows 256")),
    ("recommendation of 41 characters", "RECOMMENDATION_ID", "r" * 41, Quarantined("Personalize allows 40")),
    ("25 items shown", "IMPRESSION", "|".join(["i"] * 25), Kept("|".join(["i"] * 25))),
    ("26 items shown", "IMPRESSION", "|".join(["i"] * 26), Quarantined("has 26 items; Personalize allows 25")),
    ("an empty item shown", "IMPRESSION", "i1||i2", Quarantined("has an empty item between its bars")),
    ("impression of 1,001 characters", "IMPRESSION", "i" * 1001, Quarantined("Personalize allows 1000")),
    ("category of 1,001 characters", "GENRES", "g" * 1001, Quarantined("Personalize allows 1000")),
    ("100 categories", "GENRES", "|".join(["Drama"] * 100), Kept("|".join(["Drama"] * 100))),
    ("category with a line break", "GENRES", "Dra\r\nma", Quarantined("has a line break")),
    ("category with a control character", "GENRES", "Dra\x93ma", Quarantined("the control character U+0093")),
    ("text over lines", "SYNOPSIS", "One.\r\nTwo.\n\nThree.", Kept("One. Two.  Three.")),
    ("text of 20,001 characters, which Personalize cuts", "SYNOPSIS", "s" * 20_001, Kept("s" * 20_001)),
    ("text with a Unicode line separator", "SYNOPSIS", "One.\u2028Two.", Kept("One.\u2028Two.")),
    ("text with an emoji", "SYNOPSIS", "👩‍🚀", Kept("👩‍🚀")),
]  # fmt: skip

H = ",".join(GOOD)
ROW = ",".join(GOOD.values())
# (name, line of a CSV with the columns of GOOD, outcome)
CSV_ROWS: list[tuple[str, str, Outcome]] = [
    ("a cell too few", "u1,i1,1690000000", Quarantined("3 cells where the header has 4")),
    ("a cell too many", "u1,i1,1690000000,watch,", Quarantined("5 cells where the header has 4")),
    ("another delimiter in one row", "u1;i1;1690000000;watch", Quarantined("1 cells where the header has 4")),
    ("a quote that is not closed", 'u1,"i1,1690000000,watch', Quarantined("a quote is opened and not closed")),
    ("a quote that is not opened", 'u1,i1",1690000000,watch', Kept()),
    ("text after a quote", 'u1,"i"1,1690000000,watch', Quarantined("text follows a closing quote")),
    ("quotes escaped by a backslash", r'u1,"the \"one\"",1690000000,watch', Quarantined("text follows a closing quote")),
    ("quotes written twice", 'u1,"the ""one""",1690000000,watch', Kept()),
    ("cells in quotes", '"u1","i1","1690000000","watch"', Kept()),
    ("a quoted delimiter", '"u,1",i1,1690000000,watch', Kept()),
    ("a line break in quotes", '"u\n1",i1,1690000000,watch', Quarantined("USER_ID has a line break", "USER_ID")),
    ("a line that ends in CR LF", f"{ROW}\r", Kept()),
    ("a line of blanks", "   ", Quarantined("1 cells where the header has 4")),
    ("a line of commas", ",,,", Quarantined("USER_ID is empty", "USER_ID")),
    ("the header again", H, Quarantined("a header within the rows", "USER_ID")),
    ("a block of NUL bytes, as a crash leaves them", "\x00" * 512, Quarantined("1 cells where the header has 4")),
    ("a cell of 131,073 characters", f"{'u' * 131_073},i1,1690000000,watch", Quarantined("more than 131,072 characters")),
    ("a comment", "# exported by hand", Quarantined("1 cells where the header has 4")),
]  # fmt: skip

# (name, line of JSON lines, outcome)
JSON_ROWS: list[tuple[str, str, Outcome]] = [
    ("numbers", '{"USER_ID": 7, "ITEM_ID": 12345678901234567890123, "TIMESTAMP": 1690000000}', Kept()),
    ("other spacing and order", '  {"TIMESTAMP":1690000000,"ITEM_ID":"i1","USER_ID":"u1"}\r', Kept()),
    ("null for a user", '{"USER_ID": null, "ITEM_ID": "i1", "TIMESTAMP": 1690000000}', Quarantined("is empty", "USER_ID")),
    ("no user", '{"ITEM_ID": "i1", "TIMESTAMP": 1690000000}', Quarantined("USER_ID is empty", "USER_ID")),
    ("fraction of a second", '{"USER_ID": "u", "ITEM_ID": "i", "TIMESTAMP": 169.5}', Quarantined("fraction", "TIMESTAMP")),
    ("NaN", '{"USER_ID": "u", "ITEM_ID": "i", "TIMESTAMP": NaN}', Quarantined("not epoch seconds", "TIMESTAMP")),
    ("true for a time", '{"USER_ID": "u", "ITEM_ID": "i", "TIMESTAMP": true}', Quarantined("is 'true'", "TIMESTAMP")),
    ("array as a value", '{"USER_ID": ["u1"], "ITEM_ID": "i1", "TIMESTAMP": 1}', Quarantined("USER_ID is an array")),
    ("object as a value", '{"USER_ID": {"id": 1}, "ITEM_ID": "i1", "TIMESTAMP": 1}', Quarantined("USER_ID is an object")),
    ("object where nobody looks", '{"USER_ID": "u", "ITEM_ID": "i", "TIMESTAMP": 1, "x": {"y": [1]}}', Kept()),
    ("member twice", '{"USER_ID": "u1", "USER_ID": "u2", "ITEM_ID": "i1"}', Quarantined("USER_ID stands twice")),
    ("half a surrogate pair", '{"USER_ID": "\\ud800", "ITEM_ID": "i1"}', Quarantined("half of a surrogate pair")),
    ("cut off", '{"USER_ID": "u1", "ITEM', Quarantined("not JSON (Unterminated string starting at: character 19)")),
    ("two objects on a line", '{"USER_ID": "u1"} {"USER_ID": "u2"}', Quarantined("not JSON (Extra data")),
    ("comma after the object", '{"USER_ID": "u1"},', Quarantined("not JSON (Extra data")),
    ("single quotes", "{'USER_ID': 'u1'}", Quarantined("not JSON (Expecting property name")),
    ("number alone", "7", Quarantined("not a JSON object")),
    ("empty object", "{}", Quarantined("an empty object")),
    ("nested too deep", "[" * 100_000, Quarantined("recursion")),
]  # fmt: skip

UTC = dt.UTC
NOON = dt.datetime(2023, 7, 22, 12, tzinfo=UTC)  # 1,690,027,200
# (name, column, array of one value for each of five rows, outcome of the third)
PARQUET_COLUMNS: list[tuple[str, str, pa.Array, Outcome]] = [
    ("whole numbers", "TIMESTAMP", pa.array([1690000000] * 5), Kept(1690000000)),
    ("times with a zone", "TIMESTAMP", pa.array([NOON] * 5, pa.timestamp("us", "UTC")), Kept(1690027200)),
    ("times of another zone", "TIMESTAMP", pa.array([NOON] * 5, pa.timestamp("ns", "Asia/Tokyo")), Kept(1690027200)),
    ("times without a zone", "TIMESTAMP", pa.array([NOON.replace(tzinfo=None)] * 5, pa.timestamp("ms")), Kept(1690027200)),
    ("dates", "TIMESTAMP", pa.array([NOON.date()] * 5), Kept(1689984000)),
    ("a time before 1970", "TIMESTAMP", pa.array([NOON, NOON, dt.datetime(1969, 12, 31, tzinfo=UTC), NOON, NOON]), Quarantined("before 1970")),
    ("milliseconds", "TIMESTAMP", pa.array([1, 1, 1690000000000, 1, 1]), Quarantined("milliseconds, it seems")),
    ("a time that is null", "TIMESTAMP", pa.array([1, 1, None, 1, 1]), Quarantined("is empty")),
    ("floats", "AGE", pa.array([None, None, 33.0, None, None]), Kept(33)),
    ("NaN", "EVENT_VALUE", pa.array([None, None, float("nan"), None, None]), Quarantined("not a finite number")),
    ("decimals", "EVENT_VALUE", pa.array([Decimal("4.50")] * 5), Kept(4.5)),
    ("numbers for ids", "USER_ID", pa.array([7] * 5), Kept("7")),
    ("a dictionary", "EVENT_TYPE", pa.array(["watch"] * 5).dictionary_encode(), Kept("watch")),
    ("large strings", "USER_ID", pa.array(["u1"] * 5, pa.large_string()), Kept("u1")),
    ("bytes that are UTF-8", "USER_ID", pa.array([b"u1"] * 5), Kept("u1")),
    ("booleans", "MEMBER", pa.array([True] * 5), Kept(True)),
    ("a column of nulls", "EVENT_TYPE", pa.nulls(5), Kept(None)),
    ("a time as text", "GENRES", pa.array([NOON] * 5, pa.timestamp("s", "UTC")), Kept("2023-07-22 12:00:00.000Z")),
    ("a list", "GENRES", pa.array([["Drama"]] * 5), Refused("column GENRES is list<element: string>, not one value a row")),
    ("a list where nobody looks", "EXTRA", pa.array([["Drama"]] * 5), Kept()),
    ("bytes that are not UTF-8", "USER_ID", pa.array([b"\xfc"] * 5), Refused("column USER_ID is binary, which has no text")),
]  # fmt: skip

CSV = f"{H}\n{ROW}\n{ROW}\n"
JSON = '{"USER_ID": "u1", "ITEM_ID": "i1", "TIMESTAMP": 1690000000}\n' * 2


def _parquet(**columns: list[str]) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


PARQUET = _parquet(**{name: [value] * 2 for name, value in GOOD.items()})
# (name, name of the file, its bytes, outcome: rows that are good, or the message)
FILES: list[tuple[str, str, bytes, int | Refused]] = [
    ("byte order mark", "a.csv", codecs.BOM_UTF8 + CSV.encode(), 2),
    ("no line end at the end", "a.csv", CSV.encode().rstrip(), 2),
    ("empty lines", "a.csv", f"{H}\n\n{ROW}\n\n\n{ROW}\n\n".encode(), 2),
    ("CR LF", "a.csv", CSV.replace("\n", "\r\n").encode(), 2),
    ("CR alone", "a.csv", CSV.replace("\n", "\r").encode(), 2),
    ("header in quotes", "a.csv", CSV.replace("USER_ID", '"USER_ID"').encode(), 2),
    ("extra column", "a.csv", f"{H},CITY\n{ROW},Rome\n".encode(), 1),
    ("extra column without a name", "a.csv", f",{H}\n0,{ROW}\n".encode(), 1),
    ("other order of columns", "a.csv", b"TIMESTAMP,USER_ID,ITEM_ID\n1690000000,u1,i1\n", 1),
    ("header alone", "a.csv", f"{H}\n".encode(), 0),
    ("empty file", "a.csv", b"", Refused("the file is empty")),
    ("byte order mark alone", "a.csv", codecs.BOM_UTF8, Refused("the file is empty")),
    ("an empty line alone", "a.csv", b"\n", Refused("line 1: the line is empty. The first line must name the columns")),
    ("no header", "a.csv", f"{ROW}\n".encode(), Refused("column USER_ID, ITEM_ID, TIMESTAMP is missing; found u1, i1")),
    ("duplicate header", "a.csv", f"{H},USER_ID\n".encode(), Refused("line 1: column USER_ID stands twice")),
    ("two columns without a name", "a.csv", f"{H},,\n".encode(), Refused("column without a name stands twice")),
    ("missing column", "a.csv", b"USER_ID,TIMESTAMP\n", Refused("column ITEM_ID is missing; found USER_ID, TIMESTAMP")),
    ("header in lower case", "a.csv", CSV.lower().encode(), Refused("'user_id' is there: rename it to USER_ID")),
    ("header with blanks", "a.csv", b"USER_ID, ITEM_ID, TIMESTAMP\n", Refused("' ITEM_ID' is there: rename it to ITEM_ID")),
    ("nullable column nearly named", "a.csv", b"USER_ID,ITEM_ID,TIMESTAMP,event-type\n", Refused("'event-type' is there")),
    ("semicolons", "a.csv", CSV.replace(",", ";").encode(), Refused("line 1: a semicolon seems to separate the columns")),
    ("tabs", "a.csv", CSV.replace(",", "\t").encode(), Refused("line 1: a tab seems to separate the columns")),
    ("bars", "a.csv", CSV.replace(",", "|").encode(), Refused("line 1: a bar seems to separate the columns")),
    ("open quote in the header", "a.csv", f'"{CSV}'.encode(), Refused("line 1: not CSV")),
    ("UTF-16", "a.csv", CSV.encode("utf-16"), Refused("line 1: the file is UTF-16. Save it as UTF-8")),
    ("UTF-16, big end first", "a.csv", codecs.BOM_UTF16_BE + CSV.encode("utf-16-be"), Refused("the file is UTF-16")),
    ("UTF-16 without a mark", "a.csv", CSV.encode("utf-16-le"), Refused("line 1: UTF-16 without a mark")),
    ("UTF-32", "a.csv", CSV.encode("utf-32"), Refused("the file is UTF-32")),
    ("Latin-1", "a.csv", CSV.encode() + "ü,i,1,watch\n".encode("latin-1"), Refused("near line 4: not UTF-8")),
    ("Latin-1 in the header", "a.csv", f"GRÖSSE,{CSV}".encode("latin-1"), Refused("near line 1: not UTF-8")),
    ("surrogates as UTF-8 bytes", "a.csv", CSV.encode() + b"\xed\xa0\x80,i,1,watch\n", Refused("near line 4: not UTF-8")),
    ("Excel workbook", "a.csv", b"PK\x03\x04" + b"\x00" * 30, Refused("the file is a ZIP archive or an Excel workbook")),
    ("Parquet named CSV", "a.csv", PARQUET, Refused("the file is Parquet")),
    ("web page", "a.csv", b"<!DOCTYPE html>\n<html></html>\n", Refused("is missing; found <!DOCTYPE html>")),
    ("gzip", "a.csv.gz", gzip.compress(CSV.encode()), 2),
    ("gzip of two members", "a.csv.gz", gzip.compress(CSV.encode()) + gzip.compress(f"{ROW}\n".encode()), 3),
    ("gzip whose name does not say so", "a.csv", gzip.compress(CSV.encode()), 2),
    ("gzip of a file with a byte order mark", "a.csv.gz", gzip.compress(codecs.BOM_UTF8 + CSV.encode()), 2),
    ("name that says gzip wrongly", "a.csv.gz", CSV.encode(), Refused("not gzip, although its name ends in .gz")),
    ("truncated gzip", "a.csv.gz", gzip.compress(CSV.encode())[:-12], Refused("broken or truncated gzip")),
    ("gzip with a wrong sum", "a.csv.gz", gzip.compress(CSV.encode())[:-8] + b"\x00" * 8, Refused("broken or truncated gzip")),
    ("gzip with bytes flipped", "a.csv.gz", gzip.compress(CSV.encode())[:20] + b"\xff" * 40, Refused("broken or truncated gzip")),
    ("gzip of nothing", "a.csv.gz", gzip.compress(b""), Refused("the file is empty")),
    ("gzip within gzip", "a.csv.gz", gzip.compress(gzip.compress(CSV.encode())), Refused("gzip within gzip")),
    ("empty file named gzip", "a.csv.gz", b"", Refused("the file is empty")),
    ("JSON lines", "a.jsonl", JSON.encode(), 2),
    ("JSON lines with a byte order mark", "a.jsonl", codecs.BOM_UTF8 + JSON.encode(), 2),
    ("JSON lines with empty lines", "a.ndjson", JSON.replace("\n", "\n\n").encode(), 2),
    ("JSON lines as gzip", "a.json.gz", gzip.compress(JSON.encode()), 2),
    ("JSON lines, truncated gzip", "a.json.gz", gzip.compress(JSON.encode())[:-9], Refused("broken or truncated gzip")),
    ("JSON lines in Latin-1", "a.jsonl", JSON.encode() + b'{"USER_ID": "\xfc"}\n', Refused("near line 3: not UTF-8")),
    ("JSON lines in UTF-16", "a.jsonl", JSON.encode("utf-16"), Refused("the file is UTF-16")),
    ("JSON array over lines", "a.json", b'[\n{"USER_ID": "u1"},\n{"USER_ID": "u2"}\n]\n', Refused("JSON lines has one object a line")),
    ("JSON array on a line", "a.json", b'[{"USER_ID": "u1"}, {"USER_ID": "u2"}]', Refused("not a JSON object")),
    ("JSON object over lines", "a.json", b'{\n"USER_ID": "u1",\n"ITEM_ID": "i1"\n}\n', Refused("JSON lines has one object a line")),
    ("CSV named JSON lines", "a.jsonl", CSV.encode(), Refused("line 1: not JSON")),
    ("empty JSON lines", "a.jsonl", b"", Refused("the file is empty")),
    ("JSON lines without a column", "a.jsonl", b'{"user": "u1"}\n', Refused("column USER_ID, ITEM_ID, TIMESTAMP is missing; found user")),
    ("Parquet", "a.parquet", PARQUET, 2),
    ("Parquet without rows", "a.parquet", _parquet(**{name: [] for name in GOOD}), 0),
    ("zero-byte Parquet", "a.parquet", b"", Refused("the file is empty")),
    ("truncated Parquet", "a.parquet", PARQUET[:-100], Refused("not Parquet, or truncated")),
    ("CSV named Parquet", "a.parquet", CSV.encode(), Refused("not Parquet, or truncated")),
    ("Parquet without a column", "a.parquet", _parquet(USER_ID=["u1"], ITEM_ID=["i1"]), Refused("column TIMESTAMP is missing")),
    ("Parquet in lower case", "a.parquet", _parquet(**{name.lower(): [value] for name, value in GOOD.items()}), Refused("'user_id' is there")),
]  # fmt: skip
