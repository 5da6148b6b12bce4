"""What a filter leaves, for one request."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from include.local_personalize.engine import EVERYTHING, Allowed
from include.local_personalize.filters.checking import number, shown
from include.local_personalize.filters.columns import Numbers, Values
from include.local_personalize.filters.expression import (
    STANDS_FOR,
    Anything,
    Condition,
    Expression,
    Field,
    Filter,
    InvalidExpression,
    Literal,
    Parameter,
)
from include.local_personalize.filters.interactions import Event, Interactions
from include.local_personalize.filters.parsing import parse_values
from include.local_personalize.filters.records import Records, Test


def no_events(dataset_type: str, user_id: str) -> Sequence[Event]:  # noqa: ARG001 (the shape of Datasets.recent)
    return ()


@dataclass(frozen=True)
class Datasets:
    """What filters read, by dataset type in upper case; called for what a filter really needs.

    ``recent`` gives the events of a user that ``interactions`` does not have.
    """

    records: Callable[[str], Records]
    interactions: Callable[[str], Interactions]
    recent: Callable[[str, str], Sequence[Event]] = no_events


def check_values(filter_: Filter, values: Mapping[str, str]) -> None:
    """Raise InvalidExpression for values of no parameter, and for parameters of INCLUDE without a value."""
    if unknown := values.keys() - filter_.parameters:
        known = ", ".join(sorted(filter_.parameters)) or "none"
        raise InvalidExpression(f"The filter has no parameter {', '.join(sorted(unknown))}; its parameters: {known}.")
    needed = {name for each in filter_.expressions if each.includes for name in each.parameters}
    if missing := needed - values.keys():
        raise InvalidExpression(f"Values are needed for every parameter of INCLUDE: {', '.join(sorted(missing))}.")


def allowed(
    filter_: Filter, values: Mapping[str, str], datasets: Datasets, user_id: str = "", item_id: str = ""
) -> Allowed:
    """The items (actions, or users) that a filter leaves; raises InvalidExpression for values that do not fit.

    Results of INCLUDE are united, those of EXCLUDE taken from them. An EXCLUDE without a value for one of its
    parameters, and any expression whose IF does not hold, is left out.
    """
    check_values(filter_, values)
    included: frozenset[str] | None = None
    excluded: frozenset[str] = frozenset()
    for expression in filter_.expressions:
        asked = _Asked(expression, values, datasets, user_id, item_id)
        if not asked.applies():
            continue
        if not expression.includes:
            excluded = excluded | asked.selected() if excluded else asked.selected()
        else:
            included = asked.selected() if included is None else included | asked.selected()
    if included is None:
        return Allowed(excluded) if excluded else EVERYTHING
    return Allowed(included - excluded if excluded else included, only=True)


@dataclass(frozen=True)
class _Asked:
    """One expression, with all that the request gives it."""

    expression: Expression
    values: Mapping[str, str]
    datasets: Datasets
    user_id: str
    item_id: str

    def applies(self) -> bool:
        if self.expression.parameters - self.values.keys():
            return False
        return all(
            self.datasets.records("USERS").passes(self.user_id, self._test(condition))
            for condition in self.expression.on_user
        )

    def selected(self) -> frozenset[str]:
        any_of = tuple(tuple(self._test(condition) for condition in group) for group in self.expression.any_of)
        dataset = self.expression.any_of[0][0].field.dataset
        if not dataset.endswith("INTERACTIONS"):
            return self.datasets.records(dataset).matching(any_of)
        interactions = self.datasets.interactions(dataset)
        if self.expression.subject == "USERID":
            return interactions.users(any_of)
        return interactions.subjects(self.user_id, any_of, self.datasets.recent(dataset, self.user_id))

    def _test(self, condition: Condition) -> Test:
        return Test(condition.field.name, condition.operator, self._values(condition))

    def _values(self, condition: Condition) -> Values:
        operand = condition.operand
        if isinstance(operand, Field):
            return self.datasets.records("ITEMS").values(self.item_id, operand.name)
        given: list[Literal] = []
        for value in operand:
            given += self._given(value.name) if isinstance(value, Parameter) else [value]
        if not condition.operator.is_membership and len(given) != 1:
            raise InvalidExpression(f"{shown(condition.field)} {condition.operator} needs one value, not {len(given)}.")
        return tuple(self._fitting(value, condition.field) for value in given)

    def _given(self, parameter: str) -> tuple[Literal, ...]:
        try:
            return parse_values(self.values[parameter])
        except InvalidExpression as error:
            raise InvalidExpression(
                f'The value of ${parameter} must be numbers, or strings in double quotes such as "a","b". {error}'
            ) from None

    def _fitting(self, value: Literal, field: Field) -> Literal:
        dataset = STANDS_FOR.get(field.dataset, field.dataset)
        if dataset.endswith("INTERACTIONS"):
            return value if isinstance(value, Anything) else str(value)
        if isinstance(value, Anything):
            raise InvalidExpression(f"{shown(field)}: * is for EVENT_TYPE of interactions only.")
        if isinstance(self.datasets.records(dataset).column(field.name), Numbers):
            as_number = number(value)
            if as_number is None:
                raise InvalidExpression(f'{shown(field)} is a number, which "{value}" is not.')
            return as_number
        if not isinstance(value, str):
            raise InvalidExpression(f'{shown(field)} is a string; write "{value:g}" in double quotes.')
        return value
