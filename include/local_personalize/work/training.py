"""The work of a solution version: a model trained from the group's data, with its offline metrics."""

import hashlib
import time
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from include.local_personalize import engine
from include.local_personalize.datasets import dataset_contents
from include.local_personalize.datasets.dataset_contents import Contents
from include.local_personalize.engine import hpo
from include.local_personalize.errors import WorkFailed
from include.local_personalize.state.arns import RECIPE_PREFIX, last_part
from include.local_personalize.state.data_folder import DataFolder
from include.local_personalize.state.resources import Resource, Resources

KIND = "solution-version"
SECONDS_AN_HOUR = 3_600


def task(resources: Resources, resource: Resource, folder: DataFolder) -> dict[str, Any]:
    body = resource.body
    full_version = resource.notes.get("full_version")
    recipe = body["recipeArn"].removeprefix(RECIPE_PREFIX)
    datasets = dataset_contents.of_group(resources, body["datasetGroupArn"], folder)
    if engine.RECIPES[recipe].type == "USER_SEGMENTATION":  # it considers bulk data only
        datasets = {kind: replace(contents, bulk_only=True) for kind, contents in datasets.items()}
    return {
        "recipe": recipe,
        "perform_hpo": body.get("performHPO", False),
        "solution_config": body.get("solutionConfig", {}),
        "event_type": body.get("eventType"),
        "datasets": datasets,
        "database": folder.database,
        "seed": int.from_bytes(hashlib.sha256(resource.arn.encode()).digest()[:4]),
        "model": folder.models / f"{last_part(resource.arn)}-{uuid4().hex[:8]}",
        "full_model": folder.models / resources.get(full_version).notes["model"] if full_version else None,
        "parts_read": _parts_read(resources.get(full_version)) if full_version else [],
    }


def run(task: dict[str, Any]) -> dict[str, Any]:
    """Returns {"model": folder name, "metrics": name to value, None for an UPDATE, "hours": training time,
    "put_seq" and "put_action_seq": the newest put events with items and with actions that were read,
    "tuned": hyperparameters that were searched for, or None, "read": the model and the files that its interactions
    are from, none where some of them were put}.
    """
    began = time.monotonic()
    datasets = task["datasets"]
    full_model = engine.load(task["full_model"]) if task["full_model"] else None
    newer = _newer_parts(datasets, full_model, task["parts_read"])
    data = dataset_contents.training_data(datasets | newer, task["database"])
    if data is None:
        raise WorkFailed("Create failed. The dataset group has no imported interactions.")
    tuned = None
    try:
        if full_model is not None:
            model, metrics = engine.update(full_model, replace(data, only_newer=bool(newer))), None
        else:
            recipe, config, event_type = task["recipe"], task["solution_config"], task["event_type"]
            if task["perform_hpo"]:
                tuned = hpo.tuned(recipe, config, event_type, data, task["seed"])
                config = hpo.with_values(config, tuned)
            trained = engine.train(recipe, config, event_type, data, task["seed"])
            model, metrics = trained.model, trained.metrics
    except engine.TrainingError as error:
        raise WorkFailed(str(error)) from None
    folder: Path = task["model"]
    folder.mkdir()
    model.save(folder)
    hours = (time.monotonic() - began) / SECONDS_AN_HOUR
    put_seq = datasets["INTERACTIONS"].put_seq
    put_action_seq = datasets["ACTION_INTERACTIONS"].put_seq if "ACTION_INTERACTIONS" in datasets else 0
    result = {"model": folder.name, "metrics": metrics, "hours": hours, "tuned": tuned}
    files = [part.name for part in datasets["INTERACTIONS"].parts]
    read = {"model": folder.name, "files": [] if put_seq else files}
    return result | {"put_seq": put_seq, "put_action_seq": put_action_seq, "read": read}


def _parts_read(version: Resource) -> list[str]:
    """The files that the interactions of a version's model are from; empty where that is not known of this model."""
    read = version.notes.get("read", {})
    files: list[str] = read["files"] if read.get("model") == version.notes["model"] else []
    return files


def _newer_parts(
    datasets: dict[str, Contents], full_model: engine.Model | None, read: list[str]
) -> dict[str, Contents]:
    """The interactions without the parts that a model was trained on, where an UPDATE of it needs no more: parts that
    have been imported since, and no event that was put, nor impressions. Otherwise empty.
    """
    if full_model is None or not read or not engine.takes_newer_alone(full_model):
        return {}
    interactions = datasets["INTERACTIONS"]
    names = [part.name for part in interactions.parts]
    impressions = any(column.name == "IMPRESSION" for column in interactions.schema.columns)
    if interactions.put_seq or impressions or names[: len(read)] != read or len(names) == len(read):
        return {}
    return {"INTERACTIONS": replace(interactions, parts=interactions.parts[len(read) :])}


def settle(resources: Resources, resource: Resource, result: dict[str, Any]) -> dict[str, Any]:
    """An UPDATE reports the metrics of its FULL version: only a full training measures again."""
    metrics = result["metrics"]
    if metrics is None:
        metrics = resources.get(resource.notes["full_version"]).notes["metrics"]
    read = {name: result[name] for name in ("put_seq", "put_action_seq", "read")}
    notes = resource.notes | {"model": result["model"], "metrics": metrics} | read
    body = resource.body | {"trainingHours": round(result["hours"], 6)}
    if result["tuned"] is not None:
        body["tunedHPOParams"] = {"algorithmHyperParameters": result["tuned"]}
    return {"notes": notes, "body": body}
