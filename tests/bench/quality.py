"""How good are the recommendations? `python -m tests.bench.quality [--splits 5] [--data DIR]`

Trains on MovieLens 100K, or on the interactions.csv of DIR (USER_ID, ITEM_ID, TIMESTAMP), under Amazon Personalize's
documented holdout: the newest 10% of the interactions of 10% of the users are hidden. Every model sees the same events,
and all but the recipe aws-popularity-count, which gives everyone the same list, leave out what a user has had.

Ends with status 1 if aws-user-personalization is below the project's bar.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from implicit.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from include.demo import movielens
from include.local_personalize import engine
from include.local_personalize.engine import metrics
from include.local_personalize.engine.histories import Histories, encode
from include.local_personalize.engine.holdout import Holdout, hold_out

NDCG = "normalized_discounted_cumulative_gain_at_25"
LEAST_OVER_POPULARITY = 2.2
LEAST_OVER_ALS = 1.2
MOST_SECONDS = 10.0

Metrics = dict[str, float]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--splits", type=int, default=5, help="how many splits to take the mean over (default 5)")
    parser.add_argument("--data", type=Path, help="a folder with interactions.csv (default: MovieLens 100K)")
    arguments = parser.parse_args()

    data = engine.TrainingData(_interactions(arguments.data), None, None)
    histories = encode(data.interactions)
    counts = (len(histories.items), len(histories.user_ids), len(histories.item_ids))
    print("{:,} interactions, {:,} users, {:,} items; ".format(*counts) + f"mean over {arguments.splits} splits\n")
    seconds: list[float] = []
    rows: dict[str, Callable[[int], Metrics]] = {
        "aws-popularity-count": lambda seed: engine.train("aws-popularity-count", {}, None, data, seed).metrics,
        "popularity, new items only": lambda seed: popularity(hold_out(histories, seed)),
        "implicit ALS 64": lambda seed: plain_als(hold_out(histories, seed), seed),
        "aws-user-personalization": lambda seed: _timed(data, seed, seconds),
    }
    means = {name: mean([measure(seed) for seed in range(arguments.splits)]) for name, measure in rows.items()}
    print(table(means))
    return verdict(means, statistics.median(seconds))


def popularity(split: Holdout) -> Metrics:
    """The most frequent items, without those that the user has had."""
    counts = np.bincount(split.shown.items, minlength=len(split.shown.item_ids))
    scores = np.tile(counts.astype(np.float64), (len(split.test_users), 1))
    for row, user in zip(scores, split.test_users, strict=True):
        row[split.shown.of(user)] = -1
    return _measured(split, np.argsort(-scores, axis=1, kind="stable")[:, : metrics.DEPTH])


def plain_als(split: Holdout, seed: int) -> Metrics:
    """Alternating least squares as implicit has it out of the box, each item had counting 1."""
    had = _had(split.shown)
    with threadpool_limits(1, "blas"):
        model = AlternatingLeastSquares(factors=64, random_state=seed)
        model.fit(had, show_progress=False)
        top, _ = model.recommend(
            split.test_users, had[split.test_users], metrics.DEPTH, filter_already_liked_items=True
        )
    return _measured(split, top)


def mean(measured: list[Metrics]) -> Metrics:
    return {name: statistics.fmean(each[name] for each in measured) for name in measured[0]}


def table(means: dict[str, Metrics]) -> str:
    """A row for each model, a column for each metric."""
    shown = pd.DataFrame(means).T.rename(columns=_short)
    return shown.to_string(float_format="{:.4f}".format)


def verdict(means: dict[str, Metrics], seconds: float) -> int:
    """Print how the recipe stands to the bar; 0 if it is reached, else 1."""
    ndcg = means["aws-user-personalization"][NDCG]
    over_popularity = ndcg / means["popularity, new items only"][NDCG]
    over_als = ndcg / means["implicit ALS 64"][NDCG]
    passed = over_popularity >= LEAST_OVER_POPULARITY and over_als >= LEAST_OVER_ALS and seconds < MOST_SECONDS
    print("\nNDCG@25 of aws-user-personalization")
    print(f"  {over_popularity:.2f} x popularity, new items only (at least {LEAST_OVER_POPULARITY})")
    print(f"  {over_als:.2f} x implicit ALS 64 (at least {LEAST_OVER_ALS})")
    print(f"Training, with metrics and refit: {seconds:.1f} s (under {MOST_SECONDS:.0f})")
    print("The bar is reached." if passed else "BELOW THE BAR.")
    return 0 if passed else 1


def _timed(data: engine.TrainingData, seed: int, seconds: list[float]) -> Metrics:
    began = time.perf_counter()
    trained = engine.train("aws-user-personalization", {}, None, data, seed)
    seconds.append(time.perf_counter() - began)
    return trained.metrics


def _interactions(folder: Path | None) -> pa.Table:
    if folder is None:
        print(movielens.LICENCE)
        frame = movielens.tables(movielens.fetch())["interactions"]
    else:
        frame = pd.read_csv(folder / "interactions.csv", dtype={"USER_ID": str, "ITEM_ID": str})
    frame["TIMESTAMP"] = pd.to_numeric(frame["TIMESTAMP"]).astype("int64")
    return pa.Table.from_pandas(frame[["USER_ID", "ITEM_ID", "TIMESTAMP"]], preserve_index=False)


def _had(histories: Histories) -> csr_matrix:
    shape = (len(histories.user_ids), len(histories.item_ids))
    had = csr_matrix((np.ones(len(histories.items), np.float32), (histories.users, histories.items)), shape)
    had.data[:] = 1
    return had


def _measured(split: Holdout, top: np.ndarray) -> Metrics:
    hidden = [set(split.hidden.of(user).tolist()) for user in split.test_users]
    return metrics.offline_metrics(top.tolist(), hidden, range(len(split.shown.item_ids)))


def _short(name: str) -> str:
    """normalized_discounted_cumulative_gain_at_25 as NDCG@25."""
    initials = {"normalized_discounted_cumulative_gain": "NDCG", "mean_reciprocal_rank": "MRR"}
    metric, _, depth = name.partition("_at_")
    return f"{initials.get(metric, metric)}@{depth}" if depth else metric


if __name__ == "__main__":
    sys.exit(main())
