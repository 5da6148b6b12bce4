"""The expressions of metrics: SUM(Items.COLUMN), SUM(Interactions.COLUMN) and SAMPLECOUNT()."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput

from include.local_personalize.datasets.avro_schema import AvroSchema
from include.local_personalize.errors import InvalidInput

GRAMMAR = r"""
?start: sum | count
sum: "SUM"i "(" DATASET "." COLUMN ")"
count: "SAMPLECOUNT"i "(" ")"
DATASET: /(Items|Interactions)/i
COLUMN: /[A-Za-z_][A-Za-z0-9_]*/
%import common.WS
%ignore WS
"""
NUMBERS = ("int", "long", "float", "double")


@dataclass(frozen=True)
class Expression:
    """What of each event is added up: a column of a dataset (its type in upper case), or 1 where there is none."""

    function: str  # sum or samplecount
    dataset_type: str = ""
    column: str = ""


class _Reader(Transformer[Token, Expression]):
    def sum(self, parts: list[Token]) -> Expression:
        return Expression("sum", parts[0].upper(), str(parts[1]))

    def count(self, _: list[Token]) -> Expression:
        return Expression("samplecount")


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", transformer=_Reader())


def parse(text: str, schemas: Mapping[str, AvroSchema]) -> Expression:
    """Read an expression over datasets, by type; raises InvalidInput saying what is wrong with it."""
    try:
        expression: Expression = _parser().parse(text)  # type: ignore[assignment] # the transformer makes one of the tree
    except UnexpectedInput:
        forms = "SUM(Items.COLUMN), SUM(Interactions.COLUMN) or SAMPLECOUNT()"
        raise InvalidInput(f"The expression {text!r} is not understood; write {forms}.") from None
    if expression.function == "sum":
        _check_column(expression, text, schemas)
    return expression


def _check_column(expression: Expression, text: str, schemas: Mapping[str, AvroSchema]) -> None:
    schema = schemas.get(expression.dataset_type)
    column = schema.column(expression.column) if schema else None
    if column is None:
        raise InvalidInput(f"{text}: the dataset group has no {expression.dataset_type} with {expression.column}.")
    if column.type not in NUMBERS:
        raise InvalidInput(f"{text}: {expression.column} is of type {column.type}; only numbers can be added up.")
