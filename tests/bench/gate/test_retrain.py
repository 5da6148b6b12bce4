"""A retrain measures what the local service gives over HTTP for the same data."""

import hashlib

import numpy as np

from tests.bench.gate.calendar import Calendar, spread
from tests.bench.gate.retrain import asked, quality, trained
from tests.bench.gate.sabotage import config
from tests.include.local_personalize.shop import LocalShop


def test_the_metrics_are_those_of_get_solution_metrics(shop: LocalShop) -> None:
    random = np.random.default_rng(1)
    users = np.repeat(np.arange(100), 30)
    calendar = Calendar(spread(users, random.integers(0, 20, len(users)) + users % 2 * 20, 6, 0.0, random), 4, 2)
    training, group = calendar.night(0).training, shop.group()
    rows = zip(*(column.to_pylist() for column in training.table().columns), strict=True)
    lines = ["USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE", *(f"{user},{item},{at},{kind}" for user, item, at, kind in rows)]
    fields = [("USER_ID", "string"), ("ITEM_ID", "string"), ("TIMESTAMP", "long"), ("EVENT_TYPE", "string")]
    shop.import_lines(shop.dataset(group, "Interactions", fields), lines)
    settings = config("healthy", 0, 32)

    version = shop.version(shop.solution(group, solutionConfig=settings))

    metrics = shop.api.get_solution_metrics(solutionVersionArn=version)["metrics"]
    seed = int.from_bytes(hashlib.sha256(version.encode()).digest()[:4])
    ours = trained(training, settings, seed)
    assert ours.metrics == metrics
    night = calendar.night(0)
    found = quality(ours.model, night, asked(night, 50, 1))
    assert len(found.users) == 50
    assert 0 < found.ndcg.mean() < 1  # people keep to one half of the items, so that something is hit
