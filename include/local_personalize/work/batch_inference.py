"""The work of a batch inference job: JSON lines of users or items in S3 to JSON lines of recommendations in S3."""

import hashlib
import random
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from itertools import islice
from typing import Any

from include.local_personalize import engine, filters
from include.local_personalize.batch import batch_files, batch_lines
from include.local_personalize.batch.themes import Themes
from include.local_personalize.datasets import dataset_contents, deleted_users, put_data
from include.local_personalize.datasets.dataset_contents import Contents
from include.local_personalize.errors import WorkFailed
from include.local_personalize.filters.group_data import loaded
from include.local_personalize.serving.endpoints import USED_BY_PERSON
from include.local_personalize.state.arns import RECIPE_PREFIX
from include.local_personalize.state.data_folder import DataFolder
from include.local_personalize.state.resources import Resource, Resources
from include.local_personalize.state.store import read_only

KIND = "batch-inference-job"
LINES_AT_ONCE = 10_000
PERSONAL_AT_ONCE = 200  # where each line may have a large set of allowed items of its own
MOST_THEMES = 100


def task(resources: Resources, resource: Resource, folder: DataFolder) -> dict[str, Any]:
    body = resource.body
    version = resources.get(body["solutionVersionArn"])
    filter_arn = body.get("filterArn")
    themes = body.get("themeGenerationConfig", {}).get("fieldsForThemeGeneration", {})
    return {
        "model": folder.models / version.notes["model"],
        "recipe": version.body["recipeArn"].removeprefix(RECIPE_PREFIX),
        "input": body["jobInput"]["s3DataSource"]["path"],
        "output": body["jobOutput"]["s3DataDestination"]["path"],
        "num_results": body.get("numResults"),
        "exploration": body.get("batchInferenceJobConfig", {}).get("itemExplorationConfig"),
        "filter": resources.get(filter_arn).body["filterExpression"] if filter_arn else None,
        "item_name": themes.get("itemName"),
        "datasets": dataset_contents.of_group(resources, version.body["datasetGroupArn"], folder),
        "known_seq": version.notes["put_seq"],
        "database": folder.database,
        "seed": hashlib.sha256(resource.arn.encode()).hexdigest(),
        "scratch": folder.scratch,
    }


def run(task: dict[str, Any]) -> dict[str, Any]:
    """Writes <output><file name>.out per input file and _CHECK last, once all are computed; returns {}."""
    with closing(read_only(task["database"])) as connection:
        recommending = Recommending(task, connection)
        batch_files.rewrite(task["input"], task["output"], task["scratch"], recommending.lines)
    return {}


def settle(resources: Resources, resource: Resource, result: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001 (all is in S3)
    return {}


class Recommending:
    """Input lines to output lines with one model, in bounded memory."""

    def __init__(self, task: dict[str, Any], connection: sqlite3.Connection) -> None:
        self._model = engine.load(task["model"])
        interactions: Contents = task["datasets"]["INTERACTIONS"]
        self._deleted = deleted_users.since(connection, interactions.dataset_arn, task["known_seq"])
        self._order = random.Random(task["seed"])
        recipe = engine.RECIPES[task["recipe"]]
        parsed = filters.parse(task["filter"]) if task["filter"] else None
        datasets = loaded(task["datasets"], task["database"])
        self._lines = batch_lines.Lines(
            recipe.type,
            task["num_results"],
            engine.Exploration.of(task["exploration"]),
            parsed,
            datasets,
            _streamed(recipe, interactions, task["known_seq"], connection),
        )
        self._at_once = PERSONAL_AT_ONCE if parsed and parsed.reads_current_user else LINES_AT_ONCE
        self._themes: Themes | None = None
        if task["item_name"]:
            self._themes = _themes(datasets.records("ITEMS"), task["datasets"]["ITEMS"], task["item_name"])

    def lines(self, inputs: Iterable[bytes], file: str) -> Iterator[str]:
        """Output lines, shuffled as Amazon's are: a reader has to join them on their input."""
        filled = (line for line in inputs if line.strip())
        while chunk := list(islice(filled, LINES_AT_ONCE)):
            if self._themes and len(chunk) > MOST_THEMES:
                raise WorkFailed(f"{file} has more than {MOST_THEMES} lines, the most for themes. Split the file.")
            self._order.shuffle(chunk)
            for first in range(0, len(chunk), self._at_once):
                yield from self._answered(chunk[first : first + self._at_once])

    def _answered(self, lines: list[bytes]) -> Iterator[str]:
        asked = []
        for line in lines:
            try:
                asked.append(self._lines.read(line))
            except (ValueError, filters.InvalidExpression) as error:
                yield batch_lines.failed(line, str(error))
        rankings = self._model.answer_many([deleted_users.asked(each.query, self._deleted) for each in asked])
        for each, ranking in zip(asked, rankings, strict=True):
            yield batch_lines.answered(each, ranking, {}) if self._themes is None else self._themed(each, ranking)

    def _themed(self, asked: batch_lines.Asked, ranking: engine.Ranking) -> str:
        assert self._themes is not None
        try:
            theme, closeness = self._themes.of(ranking.items)
        except ValueError as error:
            return batch_lines.not_answered(asked.echo, str(error))
        return batch_lines.answered(asked, ranking, {"theme": theme, "itemsThemeRelevanceScores": closeness})


def _streamed(
    recipe: engine.Recipe, interactions: Contents, known_seq: int, connection: sqlite3.Connection
) -> Callable[[str], tuple[engine.StreamedEvent, ...]]:
    """What gives a user's events that were put after the version was trained, to the recipes that mind them."""
    if recipe.type not in USED_BY_PERSON or interactions.put_seq <= known_seq:
        return lambda _: ()
    return lambda user_id: tuple(put_data.streamed(connection, interactions.dataset_arn, user_id, known_seq))


def _themes(records: filters.Records, items: Contents, item_name: str) -> Themes:
    try:
        return Themes(records, items.schema, item_name)
    except ValueError as error:
        raise WorkFailed(str(error)) from None
