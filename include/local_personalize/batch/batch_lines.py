"""Lines of batch inference: what each asks of a model, and how its answer is written."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from include.local_personalize import filters
from include.local_personalize.engine import EVERYTHING, Allowed, Exploration, Query, Ranking, StreamedEvent
from include.local_personalize.filters.evaluation import Datasets

LONGEST_ID = 256
MOST_RANKED = 500
MEMBERS = {
    "USER_PERSONALIZATION": ("userId",),
    "POPULAR_ITEMS": ("userId",),
    "PERSONALIZED_RANKING": ("userId", "itemList"),
    "RELATED_ITEMS": ("itemId",),
}
EXAMPLES = {
    "userId": '{"userId":"1"}',
    "itemId": '{"itemId":"1"}',
    "itemList": '{"userId":"1","itemList":["2","3"]}',
}


@dataclass(frozen=True)
class Asked:
    """A line that can be answered: what it said, and its question."""

    echo: dict[str, Any]
    query: Query


class Lines:
    """Reads the lines of one job; raises ValueError, or InvalidExpression, saying what is wrong with a line."""

    def __init__(
        self,
        recipe_type: str,
        num_results: int | None,
        exploration: Exploration,
        filter_: filters.Filter | None,
        datasets: Datasets,
        streamed: Callable[[str], tuple[StreamedEvent, ...]],
    ) -> None:
        """``num_results`` of None is as many as the line names. ``streamed`` gives events that the model does not
        know.
        """
        self._needed = MEMBERS[recipe_type]
        self._members = {*self._needed, *self._of_filter(filter_)}
        self._num_results = num_results
        self._exploration = exploration
        self._filter = filter_
        self._datasets = datasets
        self._streamed = streamed
        self._selected = lru_cache(maxsize=64)(self._selected_by)

    def _of_filter(self, filter_: filters.Filter | None) -> tuple[str, ...]:
        if filter_ is None:
            return ()
        return ("filterValues", "userId") if filter_.reads_current_user else ("filterValues",)

    def read(self, line: bytes) -> Asked:
        try:
            record = orjson.loads(line)
        except ValueError:
            raise ValueError("The line is not valid JSON.") from None
        if not isinstance(record, dict) or not record.keys() <= self._members or not record.keys() >= {*self._needed}:
            optional = (
                f" and, where wanted, {', '.join(sorted(self._members - {*self._needed}))}" if self._filter else ""
            )
            example = EXAMPLES[self._needed[-1]]
            raise ValueError(f"The line must be a JSON object with {' and '.join(self._needed)}{optional}: {example}.")
        user_id, item_id = _id(record, "userId"), _id(record, "itemId")
        item_list = _item_list(record) if "itemList" in record else ()
        query = Query(
            user_id=user_id,
            item_id=item_id,
            item_list=item_list,
            num_results=len(item_list) if self._num_results is None else self._num_results,
            allowed=self._allowed(record.get("filterValues", {}), user_id, item_id),
            streamed=self._streamed(user_id),
            exploration=self._exploration,
        )
        return Asked(record, query)

    def _allowed(self, values: Any, user_id: str, item_id: str) -> Allowed:
        if self._filter is None:
            return EVERYTHING
        if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
            raise ValueError('filterValues must be an object of strings, such as {"GENRES":"\\"horror\\""}.')
        if self._filter.reads_current_user and not user_id:
            raise ValueError("userId is needed: the filter reads what the user did, or CurrentUser.")
        # Lines that differ only in what the filter does not read share one answer.
        return self._selected(
            tuple(sorted(values.items())),
            user_id if self._filter.reads_current_user else "",
            item_id if self._filter.reads_current_item else "",
        )

    def _selected_by(self, values: tuple[tuple[str, str], ...], user_id: str, item_id: str) -> Allowed:
        assert self._filter is not None
        return filters.allowed(self._filter, dict(values), self._datasets, user_id, item_id)


def _id(record: dict[str, Any], member: str) -> str:
    value = record.get(member, "")
    if not isinstance(value, str) or not (member not in record or 1 <= len(value) <= LONGEST_ID):
        raise ValueError(f"{member} must be a string of 1 to {LONGEST_ID} characters.")
    return value


def _item_list(record: dict[str, Any]) -> tuple[str, ...]:
    items = record["itemList"]
    strings = isinstance(items, list) and all(isinstance(item, str) and item for item in items)
    if not strings or not 1 <= len(items) <= MOST_RANKED:
        raise ValueError(f"itemList must be a list of 1 to {MOST_RANKED} item ids, which are strings.")
    return tuple(items)


def answered(asked: Asked, ranking: Ranking, extra: dict[str, Any]) -> str:
    """The output line of an answer; ``extra`` are further members of its output."""
    output: dict[str, Any] = {"recommendedItems": ranking.items}
    if ranking.scores is not None:
        output["scores"] = ranking.scores
    if ranking.reasons is not None:
        output["reasons"] = ranking.reasons
    return _rendered({"input": asked.echo, "output": output | extra, "error": None})


def failed(line: bytes, reason: str) -> str:
    """The output line of one that cannot be answered; what is not JSON is echoed as text."""
    try:
        echo = orjson.loads(line)
    except ValueError:
        echo = line.decode(errors="replace")
    return not_answered(echo, reason)


def not_answered(echo: Any, reason: str) -> str:
    """The output line of an error."""
    return _rendered({"input": echo, "output": None, "error": reason})


def _rendered(record: dict[str, Any]) -> str:
    return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE).decode()
