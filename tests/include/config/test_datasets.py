"""What a dataset may say: each rule a line, and what movies.yaml shows in comments."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from include.config import AthenaSource, ConfigError, Dataset, S3Source, SqlSource, load_file

MOVIES = (Path(__file__).parents[3] / "include/dataset_groups/movies.yaml").read_text()
SQL = "sql: {connection: shop, query: SELECT 1 AS a, high_water: a}"
ATHENA = "athena: {database: lake, query: SELECT 1 AS a, high_water: a}"


def written(folder: Path, kind: str, more: str, domain: str = "") -> Path:
    """movies.yaml with more keys at the end of a dataset."""
    content = yaml.safe_load(MOVIES)
    content["datasets"][kind] |= yaml.safe_load(more)
    if domain:
        content["dataset_group"]["create"]["domain"] = domain
    file = folder / "movies.yaml"
    file.write_text(yaml.safe_dump(content, sort_keys=False))
    return file


@pytest.mark.parametrize(
    ("kind", "more", "key", "says"),
    [
        ("interactions", "columns: {USR: u}", "columns.USR", "no field of the schema. Allowed: USER_ID, ITEM_ID, TIME"),
        ("interactions", "columns: {USER_ID: ITEM_ID}", "columns", "USER_ID and ITEM_ID would both be read from colum"),
        ("interactions", "columns: {USER_ID: u, ITEM_ID: u}", "columns", "would both be read from column 'u': name an"),
        ("items", "small_night: carry", "small_night", "Personalize imports any number of items and users: take it ou"),
        ("users", "small_night: events", "small_night", "Personalize imports any number of items and users: take it o"),
        ("items", "checks: {unknown_ids: warn}", "checks.unknown_ids", "a check of interactions only: take it out"),
        ("users", "checks: {event_types: {warn: 0.1}}", "checks.event_types", "a check of interactions only: take it"),
        ("users", "checks: {new_users: {warn: 0.1}}", "checks.new_users", "a check of interactions only: take it out"),
        ("items", "checks: {new_items: {warn: 0.1}}", "checks.new_items", "a check of interactions only: take it out"),
        ("items", "checks: {volume: {warn: 2, stop: 1}}", "checks.volume", "stop is 1.0; allowed: at least warn, 2.0"),
        ("items", "checks: {quarantined: {stop: 0.001}}", "checks.quarantined", "stop is 0.001; allowed: at least war"),
        ("items", "checks: {nulls: {warn: 5}}", "checks.nulls.warn", "less than or equal to 1"),
        ("items", "checks: {volume: {warn: -1}}", "checks.volume.warn", "greater than or equal to 0"),
        ("items", "checks: {volume: {wran: 1}}", "checks.volume.wran", "unknown key. Allowed: warn, stop"),
        ("items", "checks: {nights: 2}", "checks", "at_least is 3; allowed: at most nights, 2"),
        ("items", "checks: {volumes: {}}", "checks.volumes", "unknown key. Allowed: nights, at_least, volume"),
        ("items", "full_every_days: 0", "full_every_days", "greater than or equal to 1"),
        ("items", "partition_mb: 0", "partition_mb", "greater than or equal to 1"),
        ("items", "source: {}", "source", "found none. Allowed: exactly one of s3, sql, athena"),
        ("items", f"source: {{s3: {{}}, {SQL}}}", "source", "found s3 and sql. Allowed: exactly one of s3, sql, athen"),
        ("items", "source: {file: x}", "source.file", "unknown key. Allowed: s3, sql, athena"),
        ("items", "source: {s3: {format: avro}}", "source.s3.format", "'csv', 'jsonl' or 'parquet'"),
        ("items", "source: {s3: {prefix: s3://a/}}", "source.s3.prefix", "without a slash at the end"),
        ("items", "source: {s3: {prefix: s3://movies-incoming/users}}", "source.s3.prefix", "datasets.users, s3://mov"),
        ("items", "source: {s3: {prefix: s3://movies-workspace}}", "source.s3.prefix", "storage.workspace, s3://movie"),
        ("items", "source: {s3: {prefix: s3://movies-braze}}", "source.s3.prefix", "storage.delivery, s3://movies-bra"),
        ("items", f"partition_mb: 9\nsource: {{{SQL}}}", "partition_mb", "a sql source is read as one stream: take it"),
        ("items", f"source: {{{SQL.replace('SELECT 1 AS a', 'SELECT 1;')}}}", "source.sql.query", "take the semicolon"),
        ("items", f"source: {{{SQL.replace('SELECT 1 AS a', 'DELETE 1')}}}", "source.sql.query", "begins with SELECT"),
        ("items", f"source: {{{SQL.replace('SELECT 1 AS a', chr(34) * 2)}}}", "source.sql.query", "begins with SELECT"),
        ("items", f"source: {{{SQL.replace(', high_water: a', '')}}}", "source.sql.high_water", "missing, and needed"),
        ("items", f"source: {{{SQL.replace('shop', chr(34) * 2)}}}", "source.sql.connection", "at least 1 character"),
        ("items", f"source: {{{SQL.replace('}', ', lookback: -1}')}}}", "source.sql.lookback", "greater than or equal"),
        ("items", f"source: {{{ATHENA.replace('}', ', workgroup: a b}')}}}", "source.athena.workgroup", "match patter"),
        ("items", f"source: {{{ATHENA.replace('}', ', table: t}')}}}", "source.athena.table", "unknown key. Allowed:"),
        ("items", "schema: []", "schema", "at least 1 item"),
        ("items", "schema: [{name: ITEM_ID, type: string}, {name: A, type: text}]", "schema.1", "A: type 'text': allo"),
    ],
)  # fmt: skip
def test_what_a_dataset_must_not_say(tmp_path: Path, kind: str, more: str, key: str, says: str) -> None:
    file = written(tmp_path, kind, more)

    with pytest.raises(ConfigError) as error:
        load_file(file)

    wanted = f"datasets.{kind}.{key}: "
    (line,) = [line for line in str(error.value).splitlines() if wanted in line]
    place, _, said = line.partition(wanted)
    assert says in said
    number = int(place.removeprefix(f"{file}:").removesuffix(": "))
    text = file.read_text()
    deepest = [part for part in (kind, *key.split(".")) if part.isdigit() or f" {part}:" in text][-1]
    assert deepest.isdigit() or f" {deepest}:" in text.splitlines()[number - 1]


@pytest.mark.parametrize(
    ("event_type", "more", "says"),
    [
        ("", "small_night: events", "needs a type of each: add {name: EVENT_TYPE, type: string} to the schema"),
        ('{name: EVENT_TYPE, type: [string, "null"]}', "small_night: events", "without null, or say carry"),
        ("", "checks: {event_types: {warn: 0.1}}", "the schema has no EVENT_TYPE: add it, or take the check out"),
        ("{name: EVENT_TYPE, type: string}", "small_night: events", None),
        ("", "small_night: carry", None),
    ],
)
def test_what_needs_event_types(tmp_path: Path, event_type: str, more: str, says: str | None) -> None:
    ids = "{name: USER_ID, type: string}, {name: ITEM_ID, type: string}, {name: TIMESTAMP, type: long}"
    file = written(tmp_path, "interactions", f"schema: [{ids}, {event_type}]\n{more}")
    if says is None:
        assert load_file(file).datasets["interactions"].small_night in more
        return

    with pytest.raises(ConfigError, match=re.escape(says)):
        load_file(file)


def test_nothing_trains_without_interactions(tmp_path: Path) -> None:
    content = yaml.safe_load(MOVIES)
    del content["datasets"]["interactions"]
    (tmp_path / "movies.yaml").write_text(yaml.safe_dump(content))

    with pytest.raises(ConfigError, match="datasets: interactions is missing: nothing trains without it"):
        load_file(tmp_path / "movies.yaml")


def test_a_domain_asks_for_more_fields(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as error:
        load_file(written(tmp_path, "items", "{}", domain="ECOMMERCE"))

    said = [line.partition(": ")[2] for line in str(error.value).splitlines()]
    assert said == [
        "datasets.items.schema: PRICE must be there with type float in domain ECOMMERCE, found no such field",
        "datasets.items.schema: CATEGORY_L1 must be there with type string in domain ECOMMERCE, found no such field",
    ]


def test_a_threshold_keeps_what_is_not_named(tmp_path: Path) -> None:
    more = "checks: {quarantined: {warn: 0.05}, volume: {stop: 0.9}, nulls: {warn: null}}"
    checks = load_file(written(tmp_path, "items", more)).datasets["items"].checks

    assert checks.quarantined.model_dump() == {"warn": 0.05, "stop": 0.5}
    assert checks.volume.model_dump() == {"warn": 0.5, "stop": 0.9}
    assert checks.nulls.model_dump() == {"warn": None, "stop": None}


def test_athena_spells_columns_in_small_letters(tmp_path: Path) -> None:
    users = load_file(written(tmp_path, "users", f"source: {{{ATHENA}}}\ncolumns: {{AGE: years}}")).datasets["users"]

    assert users.columns == {"USER_ID": "user_id", "AGE": "years", "GENDER": "gender", "OCCUPATION": "occupation"}


def shown() -> list[dict[str, Any]]:
    """What the comments above `datasets` show, each a part of a dataset."""
    comments = MOVIES[: MOVIES.index("\ndatasets:")].rpartition("\n\n")[2].splitlines()
    parts = "\n".join(line[4:] if line.startswith("#   ") else "" for line in comments).split("\n\n")
    return [yaml.safe_load(part) for part in parts if part.strip()]


@pytest.mark.parametrize("number", range(4))
def test_what_the_comments_of_movies_yaml_show_can_be_used(tmp_path: Path, number: int) -> None:
    part = shown()[number]
    dataset = load_file(written(tmp_path, "interactions", yaml.safe_dump(part))).datasets["interactions"]

    assert dataset.model_fields_set == {*part, "fields"}
    kinds = [S3Source, SqlSource, AthenaSource]
    source = next(filter(None, (dataset.source.s3, dataset.source.sql, dataset.source.athena)))
    assert isinstance(source, kinds[number] if number < 3 else S3Source)


def test_the_comments_of_movies_yaml_show_every_key_and_its_default() -> None:
    plain = Dataset.model_validate({"schema": [{"name": "USER_ID", "type": "string"}]})
    *sources, others = shown()

    assert others == plain.model_dump(exclude={"fields", "source"}, exclude_none=True) | {"full_every_days": None}
    named = [set(part["source"][kind]) for part, kind in zip(sources, ("s3", "sql", "athena"), strict=True)]
    assert named == [set(model.model_fields) for model in (S3Source, SqlSource, AthenaSource)]
    for part, model in zip(sources[1:], (SqlSource, AthenaSource), strict=True):
        (block,) = part["source"].values()
        defaults = {name: field.default for name, field in model.model_fields.items() if not field.is_required()}
        assert defaults.items() <= block.items()
