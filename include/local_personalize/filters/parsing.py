"""Text to filter expressions, by the grammar beside this file."""

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken, v_args

from include.local_personalize.filters.expression import (
    LONGEST,
    Anything,
    Condition,
    Expression,
    Field,
    Filter,
    InvalidExpression,
    Literal,
    Operator,
    Parameter,
    Value,
)

GRAMMAR = Path(__file__).with_name("expression.lark")
NAMED = {
    "RPAR": ")", "LPAR": "(", "VBAR": "|", "DOT": ".", "COMMA": ",", "STAR": "*", "$END": "the end",
    "VERB": "INCLUDE or EXCLUDE", "SUBJECT": "ItemID, UserID or ActionID", "MEMBERSHIP": "IN or NOT IN",
    "COMPARISON": "a comparison", "STRING": 'a "string"', "NUMBER": "a number", "PARAMETER": "a $parameter",
    "NAME": "a name",
}  # fmt: skip


@lru_cache(maxsize=256)
def parse(text: str) -> Filter:
    """The filter that an expression spells; raises InvalidExpression."""
    if len(text) > LONGEST:
        raise InvalidExpression(f"It has {len(text)} characters; at most {LONGEST} are allowed.")
    parsed: Filter = _read(text, "filter")
    return parsed


@lru_cache(maxsize=1_024)
def parse_values(text: str) -> tuple[Literal, ...]:
    """The values of one parameter, such as "a","b" with their quotes, or 1.5; raises InvalidExpression."""
    values: tuple[Value, ...] = _read(text, "values")
    literals = tuple(value for value in values if not isinstance(value, Parameter))
    if len(literals) < len(values):
        raise InvalidExpression("A parameter cannot stand for another one.")
    return literals


def _read(text: str, start: str) -> Any:
    try:
        return _Reading().transform(_grammar().parse(text, start=start))
    except UnexpectedInput as error:
        raise InvalidExpression(_said(error, text)) from None


@cache
def _grammar() -> Lark:
    return Lark(GRAMMAR.read_text(encoding="utf-8"), start=["filter", "values"], parser="lalr", maybe_placeholders=True)


def _said(error: UnexpectedInput, text: str) -> str:
    expected: set[str] = set()
    if isinstance(error, UnexpectedToken):
        expected = error.accepts or error.expected
    elif isinstance(error, UnexpectedCharacters):
        expected = error.allowed or set()
    hint = f"; expected {' or '.join(sorted(NAMED.get(name, name) for name in expected))}" if expected else ""
    at = error.pos_in_stream if error.pos_in_stream is not None else -1
    ends = isinstance(error, UnexpectedEOF) or at < 0 or at >= len(text) or not text[at:].strip()
    ends = ends or (isinstance(error, UnexpectedToken) and error.token.type == "$END")
    return f"{'It ends too soon' if ends else f'Cannot read {text[at : at + 30]!r} at character {at + 1}'}{hint}."


@v_args(inline=True)
class _Reading(Transformer[Token, Any]):
    def filter(self, *expressions: Expression) -> Filter:
        return Filter(expressions)

    def expression(
        self,
        verb: Token,
        subject: Token,
        any_of: tuple[tuple[Condition, ...], ...],
        on_user: tuple[Condition, ...] | None,
    ) -> Expression:
        return Expression(verb.upper() == "INCLUDE", subject.upper(), any_of, on_user or ())

    def conditions(self, *groups: tuple[Condition, ...]) -> tuple[tuple[Condition, ...], ...]:
        return groups

    def all_of(self, *conditions: Condition) -> tuple[Condition, ...]:
        return conditions

    condition_on_user = all_of

    def member_of_list(self, field: Field, operator: Token, *values: Value) -> Condition:
        return Condition(field, _operator(operator), values)

    def member_of_field(self, field: Field, operator: Token, other: Field) -> Condition:
        return Condition(field, _operator(operator), other)

    def compared_with_value(self, field: Field, operator: Token, value: Value) -> Condition:
        return Condition(field, _operator(operator), (value,))

    compared_with_field = member_of_field

    def field(self, dataset: Token, name: Token) -> Field:
        return Field(dataset.upper(), name.upper())

    def string(self, token: Token) -> Literal:
        text: str = token[1:-1]
        return Anything() if text == "*" else re.sub(r"\\(.)", r"\1", text)

    def number(self, token: Token) -> float:
        return float(token)

    def parameter(self, token: Token) -> Parameter:
        return Parameter(token[1:])

    def anything(self) -> Anything:
        return Anything()

    def values(self, *values: Value) -> tuple[Value, ...]:
        return values


def _operator(token: Token) -> Operator:
    return Operator(" ".join(token.upper().split()))
