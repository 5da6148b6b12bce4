"""Braze's rules, a row at a time; the numbers are Braze's documented limits."""

import json
from typing import Any

import pytest

from include.config import Braze
from include.delivery.batch_output import Answer
from include.delivery.braze import Rejected, row

IDS = Braze(shape="ids", min_items=2, max_items=3)
CARDS = Braze(shape="objects", min_items=1, max_items=3, fields={"name": "TITLE", "price": "PRICE"})
MOMENT = "2026-11-22T05:00:00Z"


def made(answer: Answer, rules: Braze = IDS, catalog: Any = None) -> Any:
    return row(answer, "recs_home", rules, catalog, MOMENT)


def payload(line: str) -> dict[str, Any]:
    return json.loads(json.loads(line)["payload"])


def test_the_ids_shape_sets_an_array_in_rank_order() -> None:
    line = made(Answer("u-1", ["b", "a", "c", "d"], None))

    assert "\n" not in line
    assert set(json.loads(line)) == {"external_id", "payload"}
    assert json.loads(line)["external_id"] == "u-1"
    assert payload(line) == {"recs_home_ids": ["b", "a", "c"], "recs_home_generated_at": MOMENT}


def test_the_objects_shape_carries_the_fields_and_no_null() -> None:
    catalog = {
        "a": {"name": "Fargo", "price": 9.5},
        "b": {"name": "No price", "price": None},
        "c": {"name": "ü", "price": 1},
    }

    line = made(Answer("u-1", ["b", "c", "a"], None), CARDS, catalog)

    assert payload(line)["recs_home"] == [
        {"id": "c", "name": "ü", "price": 1},
        {"id": "a", "name": "Fargo", "price": 9.5},
    ]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer("", ["a", "b"], None), "E_ID_LONG"),
        (Answer("u" * 988, ["a", "b"], None), "E_ID_LONG"),
        (Answer("ü" * 494, ["a", "b"], None), "E_ID_LONG"),  # 988 bytes
        (Answer(" u", ["a", "b"], None), "E_ID_CHARS"),
        (Answer("u\n1", ["a", "b"], None), "E_ID_CHARS"),
        (Answer("ann@example.com", ["a", "b"], None), "E_ID_PII"),
        (Answer("u", [], "no such user"), "E_SRC_ERROR"),
        (Answer("u", ["a"], None), "E_TOO_FEW"),
        (Answer("u", ["a", "a"], None), "E_TOO_FEW"),  # repeats count once
        (Answer("u", ["a", "b c"], None), "E_TOO_FEW"),  # no legal catalog id
        (Answer("u", ["a", "unknown"], None), "E_TOO_FEW"),
    ],
)
def test_a_user_who_breaks_a_rule_gets_no_row(answer: Answer, code: str) -> None:
    rejected = made(answer, catalog={"a": {}, "b": {}, "b c": {}})

    assert isinstance(rejected, Rejected)
    assert rejected.code == code


@pytest.mark.parametrize("user_id", ["u" * 987, "ü" * 493, "user 1", "0"])
def test_ids_at_the_limits_are_fine(user_id: str) -> None:
    assert json.loads(made(Answer(user_id, ["a", "b"], None)))["external_id"] == user_id


def test_a_string_over_255_characters_leaves_its_card_out() -> None:
    catalog = {"long": {"name": "x" * 256, "price": 1.0}, "fits": {"name": "x" * 255, "price": 1.0}}

    line = made(Answer("u", ["long", "fits"], None), CARDS, catalog)

    assert [card["id"] for card in payload(line)["recs_home"]] == ["fits"]


def test_a_payload_over_100_kilobytes_is_rejected() -> None:
    many = Braze(shape="objects", max_items=500, fields={"name": "TITLE"})
    catalog = {f"i{n}": {"name": "x" * 255} for n in range(500)}  # 500 x (255 + about 20) bytes = about 137 kB

    assert made(Answer("u", list(catalog), None), many, catalog).code == "E_SIZE_100K"
