"""How good are related items and rankings of a list? `python -m tests.bench.related [--splits 5]`

Two questions to MovieLens 100K, under the documented holdout: the newest 10% of the interactions of 10% of the users
are hidden.

1. Each test user's last shown item asks for related items: are the hidden ones among them?
2. Each test user's hidden items are mixed with 200 others that the user has not had: do they come first?

Ends with status 1 if a recipe does not beat random items and popular ones.
"""

import argparse
import statistics
import sys
from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa

from include.demo import movielens
from include.local_personalize import engine
from include.local_personalize.engine import metrics
from include.local_personalize.engine.histories import Histories, encode
from include.local_personalize.engine.holdout import Holdout, hold_out

RANDOM, POPULAR = "random", "popularity"
SIMS, SIMILAR, RANKING = "aws-sims", "aws-similar-items", "aws-personalized-ranking"
NDCG = "normalized_discounted_cumulative_gain_at_25"
MRR = "mean_reciprocal_rank_at_25"
OTHERS = 200
KINDS = {"TITLE": "textual", "GENRES": "categorical", "CREATION_TIMESTAMP": "numeric"}

Rows = dict[str, dict[str, float]]
Lists = list[list[int]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--splits", type=int, default=5, help="how many splits to take the mean over (default 5)")
    arguments = parser.parse_args()
    data = movies()
    seeds = range(arguments.splits)
    passed = [related(data, seeds), rankings(data, seeds)]
    print("\nThe bar is reached." if all(passed) else "\nBELOW THE BAR.")
    return 0 if all(passed) else 1


def movies() -> engine.TrainingData:
    print(movielens.LICENCE)
    tables = movielens.tables(movielens.fetch())
    events = tables["interactions"][["USER_ID", "ITEM_ID", "TIMESTAMP"]]
    events = events.assign(TIMESTAMP=pd.to_numeric(events["TIMESTAMP"]).astype("int64"))
    items = tables["items"].assign(CREATION_TIMESTAMP=pd.to_numeric(tables["items"]["CREATION_TIMESTAMP"]))
    return engine.TrainingData(
        pa.Table.from_pandas(events, preserve_index=False),
        pa.Table.from_pandas(items, preserve_index=False),
        None,
        KINDS,
    )


def related(data: engine.TrainingData, seeds: range) -> bool:
    """Question 1; whether the bar is reached."""
    histories = encode(data.interactions)
    rows: dict[str, Callable[[int], dict[str, float]]] = {
        RANDOM: lambda seed: _measured(hold_out(histories, seed), _random(hold_out(histories, seed), seed)),
        POPULAR: lambda seed: _measured(hold_out(histories, seed), _popular(hold_out(histories, seed))),
        SIMS: lambda seed: engine.train(SIMS, {}, None, data, seed).metrics,
        f"{SIMILAR}, no metadata": lambda seed: (
            engine.train(
                SIMILAR, {"trainingDataConfig": {"excludedDatasetColumns": {"ITEMS": list(KINDS)}}}, None, data, seed
            ).metrics
        ),
        SIMILAR: lambda seed: engine.train(SIMILAR, {}, None, data, seed).metrics,
    }
    means = {name: _mean([measure(seed) for seed in seeds]) for name, measure in rows.items()}
    print("\n1. Items related to the last one\n\n" + _shown(means) + "\n")
    bars = [_over(means, recipe, rival) for recipe in (SIMS, SIMILAR) for rival in (RANDOM, POPULAR)]
    return all(bars)


def rankings(data: engine.TrainingData, seeds: range) -> bool:
    """Question 2; whether the bar is reached."""
    histories = encode(data.interactions)
    measured: dict[str, list[dict[str, float]]] = {RANDOM: [], POPULAR: [], RANKING: []}
    for seed in seeds:
        split = hold_out(histories, seed)
        given = _given(split, np.random.default_rng(seed))
        counts = np.bincount(split.shown.items, minlength=len(split.shown.item_ids))
        measured[RANDOM].append(_measured(split, given))
        measured[POPULAR].append(_measured(split, [sorted(items, key=lambda item: -counts[item]) for items in given]))
        measured[RANKING].append(_measured(split, _ranked(split, given, seed)))
    means = {name: _mean(each) for name, each in measured.items()}
    print(f"\n2. Hidden items among {OTHERS} others\n\n" + _shown(means) + "\n")
    return all([_over(means, RANKING, RANDOM), _over(means, RANKING, POPULAR)])


def _given(split: Holdout, random: np.random.Generator) -> Lists:
    """Each test user's hidden items and others that the user has not had, shuffled."""
    given = []
    for user in split.test_users:
        hidden = np.unique(split.hidden.of(user))
        new = np.setdiff1d(np.arange(len(split.shown.item_ids)), np.union1d(hidden, split.shown.of(user)))
        given.append(random.permutation(np.concatenate((hidden, random.choice(new, OTHERS, replace=False)))).tolist())
    return given


def _ranked(split: Holdout, given: Lists, seed: int) -> Lists:
    ids = split.shown.item_ids
    number = {item: at for at, item in enumerate(ids)}
    model = engine.train(RANKING, {}, None, engine.TrainingData(_table(split.shown), None, None), seed).model
    queries = [
        engine.Query(user_id=split.shown.user_ids[user], item_list=tuple(ids[item] for item in items), num_results=25)
        for user, items in zip(split.test_users, given, strict=True)
    ]
    return [[number[item] for item in ranking.items] for ranking in model.answer_many(queries)]


def _table(histories: Histories) -> pa.Table:
    return pa.table(
        {
            "USER_ID": [histories.user_ids[user] for user in histories.users],
            "ITEM_ID": [histories.item_ids[item] for item in histories.items],
            "TIMESTAMP": histories.times,
        }
    )


def _random(split: Holdout, seed: int) -> Lists:
    random = np.random.default_rng(seed)
    return [random.permutation(len(split.shown.item_ids))[: metrics.DEPTH].tolist() for _ in split.test_users]


def _popular(split: Holdout) -> Lists:
    order = np.argsort(-np.bincount(split.shown.items, minlength=len(split.shown.item_ids)), kind="stable").tolist()
    last = [split.shown.of(user)[-1] for user in split.test_users]
    return [[item for item in order[: metrics.DEPTH + 1] if item != asked] for asked in last]


def _measured(split: Holdout, found: Lists) -> dict[str, float]:
    hidden = [set(split.hidden.of(user).tolist()) for user in split.test_users]
    return metrics.means(found, hidden, range(len(split.shown.item_ids)))


def _mean(measured: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.fmean(each[name] for each in measured) for name in measured[0]}


def _shown(rows: Rows) -> str:
    names = {NDCG: "NDCG@25", MRR: "MRR@25", "precision_at_25": "P@25", "coverage": "coverage"}
    return pd.DataFrame(rows).T[list(names)].rename(columns=names).to_string(float_format="{:.4f}".format)


def _over(rows: Rows, recipe: str, rival: str) -> bool:
    """Print how a recipe stands to a rival, and whether it beats it."""
    ratio = rows[recipe][NDCG] / rows[rival][NDCG]
    print(f"NDCG@25 of {recipe}: {ratio:.1f} x {rival}")
    return ratio > 1


if __name__ == "__main__":
    sys.exit(main())
