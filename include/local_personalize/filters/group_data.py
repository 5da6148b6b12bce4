"""The data of a dataset group as filters read it: kept in memory by the service, loaded once by a worker."""

import sqlite3
import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from include.local_personalize.datasets import dataset_contents, put_data
from include.local_personalize.datasets.dataset_contents import Contents
from include.local_personalize.engine import Allowed
from include.local_personalize.filters.evaluation import Datasets
from include.local_personalize.filters.expression import InvalidExpression, Operator
from include.local_personalize.filters.interactions import Event, Interactions
from include.local_personalize.filters.records import Records, Test
from include.local_personalize.state.data_folder import DataFolder
from include.local_personalize.state.resources import Resources
from include.local_personalize.state.store import read_only

MOST_PUT_EVENTS = 1_000  # of one user that are looked through for the latest of each event type
Data = TypeVar("Data", Records, Interactions)


class DataInMemory:
    """The newest state of each dataset that a request asked for; safe to ask from many threads.

    A state is built when it is first asked for, one at a time: building takes a multiple of the memory that stays.
    """

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._building = threading.Lock()
        self._built: dict[str, tuple[Hashable, Any]] = {}

    def of_group(self, resources: Resources, group_arn: str) -> "GroupData":
        return GroupData(self, resources, group_arn, self._folder)

    def built(self, dataset_arn: str, generation: Hashable, build: Callable[[], Data]) -> Data:
        """The state of a dataset, which differs where the generation does.

        Where an import replaced the dataset's files meanwhile, it is the last state, as AWS shows new data to filters
        minutes later; without one, raises InvalidExpression.
        """
        known = self._known(dataset_arn, generation)
        if known is None:
            with self._building:
                known = self._known(dataset_arn, generation)
                if known is None:
                    known = self._build(dataset_arn, generation, build)
        found: Data = known
        return found

    def _build(self, dataset_arn: str, generation: Hashable, build: Callable[[], Data]) -> Any:
        try:
            known = build()
        except FileNotFoundError:
            if dataset_arn not in self._built:
                raise InvalidExpression(f"{dataset_arn} is being replaced at this moment; ask again.") from None
            return self._built[dataset_arn][1]
        self._built[dataset_arn] = (generation, known)
        return known

    def _known(self, dataset_arn: str, generation: Hashable) -> Any:
        last = self._built.get(dataset_arn)
        return last[1] if last is not None and last[0] == generation else None


class GroupData:
    """The datasets of one group as of one request's transaction."""

    def __init__(self, memory: DataInMemory, resources: Resources, group_arn: str, folder: DataFolder) -> None:
        self._memory = memory
        self._resources = resources
        self._group_arn = group_arn
        self._folder = folder
        self._contents: dict[str, Contents] = {}

    @property
    def datasets(self) -> Datasets:
        return Datasets(self.records, self.interactions, self.recent)

    def contents(self, dataset_type: str) -> Contents:
        """Raises InvalidExpression where the group has no such dataset (any more)."""
        if dataset_type not in self._contents:
            dataset = dataset_contents.dataset_in(self._resources, self._group_arn, dataset_type)
            if dataset is None:
                raise InvalidExpression(f"The dataset group has no dataset {dataset_type}.")
            self._contents[dataset_type] = dataset_contents.now_in(self._resources, dataset.arn, self._folder)
        return self._contents[dataset_type]

    def records(self, dataset_type: str) -> Records:
        """Bulk and put records of Items, Users or Actions."""
        found = self.contents(dataset_type)
        return self._memory.built(found.dataset_arn, found, lambda: _records(found, self._resources.connection))

    def interactions(self, dataset_type: str) -> Interactions:
        """Bulk interactions alone: ``recent`` has what was put, which changes too often to be built in."""
        found = self.contents(dataset_type)
        generation = (found.schema, found.parts)
        return self._memory.built(found.dataset_arn, generation, lambda: Interactions(dataset_type, found.parts))

    def recent(self, dataset_type: str, user_id: str) -> Sequence[Event]:
        """The put events of a user."""
        found = self.contents(dataset_type)
        if not found.put_seq:
            return ()
        connection = self._resources.connection
        streamed = put_data.streamed(connection, found.dataset_arn, user_id, after_seq=0, limit=MOST_PUT_EVENTS)
        return [Event(event.item_id, event.event_type, event.timestamp) for event in streamed]

    def without_events(self, event_type: str, user_id: str) -> Allowed:
        """Everything but the items of the user's events of one type."""
        events = self.interactions("INTERACTIONS")
        test = Test("EVENT_TYPE", Operator.IN, (event_type,))
        return Allowed(events.subjects(user_id, ((test,),), self.recent("INTERACTIONS", user_id)))


def loaded(contents: Mapping[str, Contents], database: Path) -> Datasets:
    """The same for a worker process, which reads bulk and put data once and keeps them."""

    @cache
    def records(dataset_type: str) -> Records:
        with closing(read_only(database)) as connection:
            return _records(contents[dataset_type], connection)

    @cache
    def interactions(dataset_type: str) -> Interactions:
        found = contents[dataset_type]
        with closing(read_only(database)) as connection:
            put = put_data.interactions(connection, found.dataset_arn, found.put_seq, found.schema)
        return Interactions(dataset_type, found.parts, put)

    return Datasets(records, interactions)


def _records(found: Contents, connection: sqlite3.Connection) -> Records:
    put: pa.Table = put_data.records(connection, found.dataset_arn, found.put_seq, found.schema)
    return Records(found.schema, found.parts, put)
