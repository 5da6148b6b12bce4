"""Item attributes as an input line spells them, read by the grammar beside this file."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import LarkError, UnexpectedInput, UnexpectedToken

GRAMMAR = Path(__file__).with_name("expression.lark")
EXAMPLE = 'ITEMS.GENRES = "Comedy" AND ITEMS.YEAR = 1999'


@dataclass(frozen=True)
class Condition:
    """``field`` is in upper case."""

    field: str
    value: str | float


def parse(text: str) -> tuple[Condition, ...]:
    """The conditions that an item has to meet, all of them; raises ValueError saying where the text goes wrong."""
    try:
        conditions: tuple[Condition, ...] = _Reading().transform(_grammar().parse(text))
    except UnexpectedInput as error:
        at = error.pos_in_stream or 0
        ends = isinstance(error, UnexpectedToken) and error.token.type == "$END"
        place = "its end" if ends else f"character {at + 1}, {text[at : at + 20]!r}"
        raise ValueError(f"itemAttributes cannot be read at {place}; write them like {EXAMPLE}.") from None
    except LarkError:
        raise ValueError(f"itemAttributes has a string that is not valid; write them like {EXAMPLE}.") from None
    return conditions


@cache
def _grammar() -> Lark:
    return Lark(GRAMMAR.read_text(encoding="utf-8"), parser="lalr")


@v_args(inline=True)
class _Reading(Transformer[Token, Any]):
    def start(self, *conditions: Condition) -> tuple[Condition, ...]:
        return conditions

    def condition(self, field: Token, value: str | float) -> Condition:
        return Condition(field.upper(), value)

    def string(self, token: Token) -> str:
        text: str = json.loads(token)
        return text

    def number(self, token: Token) -> float:
        return float(token)
