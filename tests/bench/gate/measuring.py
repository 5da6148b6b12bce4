"""Retrains, measured and kept on disk, so that a run that was cut off loses nothing."""

import json
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from include import training_data
from include.local_personalize import engine
from tests.bench.gate import sabotage
from tests.bench.gate.calendar import Calendar, Events, Night
from tests.bench.gate.plan import FIRST_SABOTAGED, HEALTHY, Retrain
from tests.bench.gate.retrain import Quality, asked, quality, trained
from tests.bench.gate.shops import NIGHTS, SHOPS

Result = dict[str, Any]


def measured(retrains: Iterable[Retrain], cache: Path) -> Iterator[Result]:
    """Each retrain's result, from the cache or measured now."""
    for retrain in retrains:
        yield kept(retrain, cache) or _measure(retrain, cache)


def kept(retrain: Retrain, cache: Path) -> Result | None:
    """What was measured of a retrain; None if it was not."""
    file = cache / f"{retrain.key}.json"
    found: Result | None = json.loads(file.read_text()) if file.exists() else None
    return found


def by_user(retrain: Retrain, cache: Path, serving: bool = False) -> Quality:
    """The quality to each user of the large holdout; `serving`: a week later, as the champion of the next version."""
    with np.load(cache / f"{retrain.key}.npz") as arrays:
        part = "serving" if serving else "own"
        return Quality(*(arrays[f"{part}_{name}"] for name in ("users", "ndcg", "reciprocal_rank")))


def training_of(retrain: Retrain) -> Events:
    """The data of a retrain: a function of the retrain alone."""
    night = _night(retrain)
    if retrain.kind == HEALTHY:
        return night.training
    return sabotage.KINDS[retrain.kind](night, retrain.size, np.random.default_rng([retrain.seed, 3]))


def facts_of(retrain: Retrain, cache: Path) -> dict[str, float]:
    """Facts of the data of a retrain, as the judge task gathers them, from the cache or measured now."""
    file = _facts_file(retrain, cache)
    if not file.exists():
        _keep_facts(retrain, cache, training_of(retrain))
    facts: dict[str, float] = json.loads(file.read_text())
    return facts


def _keep_facts(retrain: Retrain, cache: Path, training: Events) -> None:
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.register("training", training.table())
        found = training_data.measured(connection, "SELECT * FROM training", _night(retrain).now)
    _write(_facts_file(retrain, cache), found)


def _facts_file(retrain: Retrain, cache: Path) -> Path:
    return cache / f"{retrain.key}.facts.json"


def _measure(retrain: Retrain, cache: Path) -> Result:
    began, shop = time.process_time(), SHOPS[retrain.shop]
    night, training = _night(retrain), training_of(retrain)
    result: Result = asdict(retrain) | {"seed": retrain.seed}
    cache.mkdir(parents=True, exist_ok=True)
    _keep_facts(retrain, cache, training)
    try:
        version = trained(training, sabotage.config(retrain.kind, retrain.size, shop.factors), retrain.seed)
    except engine.TrainingError as error:
        return _keep(retrain, cache, result | {"failed": str(error)}, {})
    users = asked(night, shop.asked, retrain.chain)
    found = {"own": quality(version.model, night, users)}
    if retrain.kind == HEALTHY and FIRST_SABOTAGED - 1 <= retrain.night < NIGHTS - 1:
        found["serving"] = _a_week_later(version.model, retrain)
    result |= {
        "metrics": version.metrics,
        "users": len(np.unique(training.users)),
        "rows": len(training.users),
        "true_ndcg": float(found["own"].ndcg.mean()),
        "true_mrr": float(found["own"].reciprocal_rank.mean()),
        "asked": len(users),
        "cpu_seconds": round(time.process_time() - began, 2),
    }
    arrays = {f"{part}_{name}": value for part, each in found.items() for name, value in asdict(each).items()}
    return _keep(retrain, cache, result, arrays)


def _a_week_later(model: engine.Model, retrain: Retrain) -> Quality:
    """As a champion that has seen what people did since, by the event tracker, when the next version is judged."""
    night = _chain(retrain.shop, retrain.chain).night(retrain.night + 1)
    served = engine.update(model, engine.TrainingData(night.training.table(), None, None))
    return quality(served, night, asked(night, SHOPS[retrain.shop].asked, retrain.chain))


def _keep(retrain: Retrain, cache: Path, result: Result, arrays: dict[str, Any]) -> Result:
    if arrays:
        np.savez_compressed(cache / f"{retrain.key}.npz", **arrays)
    _write(cache / f"{retrain.key}.json", result)  # last, so that a result that is there is whole
    return result


def _write(file: Path, content: Any) -> None:
    part = file.with_suffix(f".{os.getpid()}")
    part.write_text(json.dumps(content))
    part.replace(file)


@lru_cache(maxsize=1)
def _chain(shop: str, number: int) -> Calendar:
    return SHOPS[shop].chain(number)


def _night(retrain: Retrain) -> Night:
    return _chain(retrain.shop, retrain.chain).night(retrain.night)
