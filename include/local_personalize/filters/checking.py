"""Whether an expression fits the datasets of a group: AWS refuses it at CreateFilter, not at the first request."""

from collections.abc import Iterator, Mapping

from include.local_personalize.datasets.avro_schema import AvroSchema, Column
from include.local_personalize.filters.expression import (
    CURRENT_ITEM,
    CURRENT_USER,
    STANDS_FOR,
    Anything,
    Condition,
    Expression,
    Field,
    Filter,
    InvalidExpression,
    Operator,
    Parameter,
)

READS = {
    "ITEMID": ("INTERACTIONS", "ITEMS"),
    "USERID": ("INTERACTIONS", "USERS"),
    "ACTIONID": ("ACTION_INTERACTIONS", "ACTIONS"),
}
EVENT_TYPE = "EVENT_TYPE"
MOST_FIELDS = 10


def check(filter_: Filter, schemas: Mapping[str, AvroSchema], most_fields: int = MOST_FIELDS) -> None:
    """Raise InvalidExpression for what the service refuses; ``schemas`` has those of the group, by dataset type."""
    if len({expression.subject for expression in filter_.expressions}) > 1:
        raise InvalidExpression("All expressions of a filter must be about ItemID, or all about UserID or ActionID.")
    for expression in filter_.expressions:
        _check_datasets(expression)
        for condition in expression.conditions:
            columns = [_column(field, schemas) for field in condition.fields]
            for fault in _faults(condition, columns, on_user=condition in expression.on_user):
                raise InvalidExpression(fault)
    fields = len(filter_.fields)
    if fields > most_fields:
        raise InvalidExpression(f"The filter reads {fields} fields; at most {most_fields} are allowed.")


def _check_datasets(expression: Expression) -> None:
    conditions = [condition for group in expression.any_of for condition in group]
    datasets = {condition.field.dataset for condition in conditions}
    allowed = READS[expression.subject]
    if CURRENT_USER in datasets:
        raise InvalidExpression("CurrentUser can only be checked in an IF at the end of an expression.")
    if any(condition.field.dataset != CURRENT_USER for condition in expression.on_user):
        raise InvalidExpression("IF comes last in an expression and can only check CurrentUser.")
    if expression.on_user and expression.subject == "USERID":
        raise InvalidExpression("User segments have no current user, so that IF cannot be used with UserID.")
    if unknown := datasets.difference(allowed):
        raise InvalidExpression(
            f"{expression.subject} can be selected by {' or '.join(allowed)}, not by {', '.join(sorted(unknown))}."
        )
    if len(datasets) > 1:
        raise InvalidExpression(
            f"One expression can read one dataset, not {' and '.join(sorted(datasets))}; join two expressions with |."
        )


def _column(field: Field, schemas: Mapping[str, AvroSchema]) -> Column:
    dataset = STANDS_FOR.get(field.dataset, field.dataset)
    if dataset not in schemas:
        raise InvalidExpression(f"The dataset group has no dataset {dataset}, which {shown(field)} needs.")
    for column in schemas[dataset].columns:
        if column.name.upper() == field.name:
            return column
    names = ", ".join(column.name for column in schemas[dataset].columns)
    raise InvalidExpression(f"{shown(field)} is no field of the schema of {dataset}, which has {names}.")


def _faults(condition: Condition, columns: list[Column], *, on_user: bool) -> Iterator[str]:
    field, operator, operand = condition.field, condition.operator, condition.operand
    events = field.dataset.endswith("INTERACTIONS")
    if any(column.type == "boolean" or column.textual for column in columns):
        yield f"{shown(field)}: boolean and textual fields cannot be filtered on."
    if operator is Operator.NOT_IN:
        for name in condition.parameters:
            # Amazon's own sentence.
            yield f"Invalid input symbol: ${name}. Placeholders are not allowed with NOT_IN operator."
    if events and (field.name != EVENT_TYPE or not operator.is_membership):
        yield f"{shown(field)}: interactions can only be filtered on EVENT_TYPE, with IN or NOT IN."
    if isinstance(operand, Field):
        yield from _faults_with_other(field, operand, columns, on_user=on_user)
        return
    column = columns[0]
    if not operator.is_membership and column.type == "string" and not (on_user and operator in EQUALITY):
        yield f"{shown(field)} is not a number; {operator} compares numbers. Use IN or NOT IN."
    for value in operand:
        if isinstance(value, Parameter):
            continue
        if isinstance(value, Anything):
            if not events:
                yield f"{shown(field)}: * is for EVENT_TYPE of interactions only."
        elif column.type == "string" and not isinstance(value, str):
            yield f'{shown(field)} is a string; write "{value:g}" in double quotes.'
        elif column.type != "string" and number(value) is None:
            yield f'{shown(field)} is a number, which "{value}" is not.'


EQUALITY = (Operator.EQUAL, Operator.NOT_EQUAL)


def _faults_with_other(field: Field, other: Field, columns: list[Column], *, on_user: bool) -> Iterator[str]:
    if other.dataset != CURRENT_ITEM or on_user or field.dataset != "ITEMS":
        yield f"{shown(field)} cannot be compared with {shown(other)}; only Items with CurrentItem can."
    elif len({column.type == "string" for column in columns}) > 1:
        yield f"{shown(field)} and {shown(other)} are not both numbers or both strings."


def number(text: str | float) -> float | None:
    """A value of a numeric field, which may also stand in quotes; None where it is no number."""
    try:
        return float(text)
    except ValueError:
        return None


def shown(field: Field) -> str:
    return f"{field.dataset}.{field.name}"
