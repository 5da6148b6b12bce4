"""The work of a solution version: a model trained from the group's data, with its offline metrics."""

import hashlib
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from include.local_personalize import dataset_parts, engine, merging
from include.local_personalize.arns import RECIPE_PREFIX, last_part
from include.local_personalize.data_folder import DataFolder
from include.local_personalize.errors import WorkFailed
from include.local_personalize.resources import Resource, Resources

KIND = "solution-version"
SECONDS_AN_HOUR = 3_600


def task(resources: Resources, resource: Resource, folder: DataFolder) -> dict[str, Any]:
    body = resource.body
    full_version = resource.notes.get("full_version")
    datasets = {dataset.body["datasetType"].upper(): dataset.arn
                for dataset in resources.children("dataset", body["datasetGroupArn"])}  # fmt: skip
    files = {kind: dataset_parts.files(resources, arn) for kind, arn in datasets.items()}
    return {
        "recipe": body["recipeArn"].removeprefix(RECIPE_PREFIX),
        "solution_config": body.get("solutionConfig", {}),
        "event_type": body.get("eventType"),
        "parts": {kind: [folder.datasets / name for name in names] for kind, names in files.items()},
        "seed": int.from_bytes(hashlib.sha256(resource.arn.encode()).digest()[:4]),
        "model": folder.models / f"{last_part(resource.arn)}-{uuid4().hex[:8]}",
        "full_model": folder.models / resources.get(full_version).notes["model"] if full_version else None,
    }


def run(task: dict[str, Any]) -> dict[str, Any]:
    """Returns {"model": folder name, "metrics": name to value, None for an UPDATE, "hours": training time}."""
    began = time.monotonic()
    data = _data(task["parts"])
    try:
        if task["full_model"]:
            model, metrics = engine.update(engine.load(task["full_model"]), data), None
        else:
            recipe, config, event_type = task["recipe"], task["solution_config"], task["event_type"]
            trained = engine.train(recipe, config, event_type, data, task["seed"])
            model, metrics = trained.model, trained.metrics
    except engine.TrainingError as error:
        raise WorkFailed(str(error)) from None
    folder: Path = task["model"]
    folder.mkdir()
    model.save(folder)
    return {"model": folder.name, "metrics": metrics, "hours": (time.monotonic() - began) / SECONDS_AN_HOUR}


def settle(resources: Resources, resource: Resource, result: dict[str, Any]) -> dict[str, Any]:
    """An UPDATE reports the metrics of its FULL version: only a full training measures again."""
    metrics = result["metrics"]
    if metrics is None:
        metrics = resources.get(resource.notes["full_version"]).notes["metrics"]
    notes = resource.notes | {"model": result["model"], "metrics": metrics}
    return {"notes": notes, "body": resource.body | {"trainingHours": round(result["hours"], 6)}}


def _data(parts: dict[str, list[Path]]) -> engine.TrainingData:
    if not parts.get("INTERACTIONS"):
        raise WorkFailed("Create failed. The dataset group has no imported interactions.")
    tables = {kind: merging.read(files) for kind, files in parts.items() if files}
    return engine.TrainingData(tables["INTERACTIONS"], tables.get("ITEMS"), tables.get("USERS"))
