"""A filter expression as data."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

LONGEST = 2_500  # characters of an expression
CURRENT_ITEM = "CURRENTITEM"
CURRENT_USER = "CURRENTUSER"
STANDS_FOR = {CURRENT_ITEM: "ITEMS", CURRENT_USER: "USERS"}


class InvalidExpression(Exception):  # noqa: N818 (the words of Amazon's message)
    """An expression, or a value for one of its parameters, cannot be used; the message says why."""


class Operator(StrEnum):
    IN = "IN"
    NOT_IN = "NOT IN"
    EQUAL = "="
    NOT_EQUAL = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="

    @property
    def is_membership(self) -> bool:
        return self in (Operator.IN, Operator.NOT_IN)


@dataclass(frozen=True)
class Field:
    """A column; both names in upper case. The dataset may also be CURRENTITEM or CURRENTUSER."""

    dataset: str
    name: str


@dataclass(frozen=True)
class Parameter:
    """A placeholder, whose values come with the request; its name is matched exactly."""

    name: str


class Anything:
    """The * that any event type matches."""

    def __repr__(self) -> str:
        return "*"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Anything)

    def __hash__(self) -> int:
        return hash("*")


Literal = str | float | Anything
Value = Literal | Parameter


@dataclass(frozen=True)
class Condition:
    """A column compared with values, or with the column of the current item."""

    field: Field
    operator: Operator
    operand: tuple[Value, ...] | Field

    @property
    def parameters(self) -> Iterator[str]:
        if not isinstance(self.operand, Field):
            yield from (value.name for value in self.operand if isinstance(value, Parameter))

    @property
    def fields(self) -> Iterator[Field]:
        yield self.field
        if isinstance(self.operand, Field):
            yield self.operand


@dataclass(frozen=True)
class Expression:
    """What one of the expressions that | joins includes or excludes: the subjects for which any group of conditions
    holds, provided that every condition on the user holds.

    ``any_of`` has groups joined by OR, each of conditions joined by AND: as in SQL, AND binds more closely.
    """

    includes: bool
    subject: str  # ITEMID, USERID or ACTIONID
    any_of: tuple[tuple[Condition, ...], ...]
    on_user: tuple[Condition, ...]

    @property
    def conditions(self) -> Iterator[Condition]:
        for group in self.any_of:
            yield from group
        yield from self.on_user

    @property
    def parameters(self) -> set[str]:
        return {name for condition in self.conditions for name in condition.parameters}


@dataclass(frozen=True)
class Filter:
    expressions: tuple[Expression, ...]

    @property
    def conditions(self) -> Iterator[Condition]:
        for expression in self.expressions:
            yield from expression.conditions

    @property
    def subject(self) -> str:
        return self.expressions[0].subject

    @property
    def parameters(self) -> set[str]:
        return {name for expression in self.expressions for name in expression.parameters}

    @property
    def fields(self) -> set[Field]:
        """The columns it reads, those of the current item and user as columns of their datasets."""
        return {
            Field(STANDS_FOR.get(field.dataset, field.dataset), field.name)
            for condition in self.conditions
            for field in condition.fields
        }

    @property
    def datasets(self) -> set[str]:
        """The types of the datasets it reads, in upper case."""
        return {field.dataset for field in self.fields}

    @property
    def reads_current_item(self) -> bool:
        return any(field.dataset == CURRENT_ITEM for condition in self.conditions for field in condition.fields)

    @property
    def reads_current_user(self) -> bool:
        """Whether it depends on the user that a request is for: on what the user is, or did."""
        events = self.subject != "USERID" and any(dataset.endswith("INTERACTIONS") for dataset in self.datasets)
        return events or any(expression.on_user for expression in self.expressions)
