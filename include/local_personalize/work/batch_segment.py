"""The work of a batch segment job: JSON lines of items or item attributes in S3 to JSON lines of users in S3."""

import hashlib
import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from include.local_personalize import engine, filters
from include.local_personalize.batch import batch_files
from include.local_personalize.datasets import dataset_contents, deleted_users
from include.local_personalize.engine.segments.user_segments import ITEM_ATTRIBUTE_AFFINITY, UserSegments
from include.local_personalize.errors import WorkFailed
from include.local_personalize.filters.evaluation import Datasets
from include.local_personalize.filters.group_data import loaded
from include.local_personalize.state.data_folder import DataFolder
from include.local_personalize.state.resources import Resource, Resources

KIND = "batch-segment-job"
MOST_QUERIES = {"aws-item-affinity": 500, ITEM_ATTRIBUTE_AFFINITY: 10}


def task(resources: Resources, resource: Resource, folder: DataFolder) -> dict[str, Any]:
    body = resource.body
    version = resources.get(body["solutionVersionArn"])
    filter_arn = body.get("filterArn")
    return {
        "model": folder.models / version.notes["model"],
        "input": body["jobInput"]["s3DataSource"]["path"],
        "output": body["jobOutput"]["s3DataDestination"]["path"],
        "num_results": body["numResults"],
        "filter": resources.get(filter_arn).body["filterExpression"] if filter_arn else None,
        "datasets": dataset_contents.of_group(resources, version.body["datasetGroupArn"], folder) if filter_arn else {},
        "deleted": _deleted_since(resources, version),
        "database": folder.database,
        "seed": hashlib.sha256(resource.arn.encode()).hexdigest(),
        "scratch": folder.scratch,
    }


def _deleted_since(resources: Resources, version: Resource) -> frozenset[str]:
    dataset = dataset_contents.dataset_in(resources, version.body["datasetGroupArn"], "INTERACTIONS")
    return deleted_users.since(resources.connection, dataset.arn, version.notes["put_seq"]) if dataset else frozenset()


def run(task: dict[str, Any]) -> dict[str, Any]:
    """Writes <output><file name>.out per input file and _CHECK last; returns {}. Raises WorkFailed for a file with
    more lines than its recipe allows.
    """
    model = engine.load(task["model"])
    assert isinstance(model, UserSegments)
    parsed = filters.parse(task["filter"]) if task["filter"] else None
    datasets = loaded(task["datasets"], task["database"])
    segmenting = Segmenting(model, task["num_results"], parsed, datasets, task["deleted"])
    order = random.Random(task["seed"])

    def lines(inputs: Iterable[bytes], file: str) -> Iterator[str]:
        """Output lines, shuffled as Amazon's are: a reader has to join them on their input."""
        asked = [line for line in inputs if line.strip()]
        most = MOST_QUERIES[model.recipe]
        if len(asked) > most:
            raise WorkFailed(f"{file} has {len(asked)} queries; {model.recipe} allows {most} a file. Split the file.")
        order.shuffle(asked)
        return segmenting.outputs(asked)

    batch_files.rewrite(task["input"], task["output"], task["scratch"], lines)
    return {}


def settle(resources: Resources, resource: Resource, result: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001 (all is in S3)
    return {}


@dataclass(frozen=True)
class Segmenting:
    """Input lines to output lines, with one model and filter."""

    model: UserSegments
    num_results: int
    filter: filters.Filter | None
    datasets: Datasets
    deleted: frozenset[str]  # users whose data was deleted after the training

    def outputs(self, lines: Iterable[bytes]) -> Iterator[str]:
        """{"input": …, "output": {"usersList": […]}, "error": null}, or output null and an error that says why."""
        echoes, queries = [], []
        for line in lines:
            text = line.decode(errors="replace")
            try:
                echo = json.loads(text)
            except (ValueError, RecursionError):
                yield _rendered(text, None, "The line is not valid JSON.")
                continue
            try:
                queries.append(self._query(echo))
                echoes.append(echo)
            except (ValueError, filters.InvalidExpression) as error:
                yield _rendered(echo, None, str(error))
        for echo, ranking in zip(echoes, self.model.answer_many(queries), strict=True):
            yield _rendered(echo, {"usersList": ranking.items}, None)

    def _query(self, record: Any) -> engine.Query:
        """Raises ValueError, or InvalidExpression, saying what is wrong with a line."""
        by_attributes = self.model.recipe == ITEM_ATTRIBUTE_AFFINITY
        member = "itemAttributes" if by_attributes else "itemId"
        members = {member, "filterValues"} if self.filter else {member}
        if not isinstance(record, dict) or member not in record or not record.keys() <= members:
            raise ValueError(f"The line must be a JSON object with {' and '.join(sorted(members, reverse=True))}.")
        asked = record[member]
        if not isinstance(asked, str) or not asked.strip():
            raise ValueError(f"{member} must be a string that is not empty.")
        query = engine.Query(
            item_attributes=asked if by_attributes else "",
            item_id="" if by_attributes else asked,
            num_results=self.num_results,
            allowed=deleted_users.left(self._allowed(record.get("filterValues", {})), self.deleted),
        )
        if not len(self.model.items_asked(query)):
            raise ValueError(f"No item with interactions was {asked} when the solution version was trained.")
        return query

    def _allowed(self, values: Any) -> engine.Allowed:
        if self.filter is None:
            return engine.EVERYTHING
        if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
            raise ValueError("filterValues must be a JSON object of strings.")
        return filters.allowed(self.filter, values, self.datasets)


def _rendered(echo: Any, output: dict[str, Any] | None, error: str | None) -> str:
    # With spaces after colons and commas, as Amazon prints segments, though not recommendations.
    return json.dumps({"input": echo, "output": output, "error": error}) + "\n"
