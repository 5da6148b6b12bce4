"""Datasets whose right answers are known by construction."""

import numpy as np
import pyarrow as pa

from include.local_personalize.engine import Exploration, Model, Query, Ranking, TrainingData
from include.local_personalize.engine.exploration import DEFAULT_EXPLORATION

START = 1_700_000_000
USERS = 60
ITEMS = 40
WITHHELD = 2


def interactions(users: list[str], items: list[str], timestamps: list[int], **columns: list[object]) -> pa.Table:
    return pa.table({"USER_ID": users, "ITEM_ID": items, "TIMESTAMP": timestamps, **columns})


def checkerboard(seed: int = 1) -> tuple[TrainingData, dict[str, set[str]]]:
    """Even users have had all even items and odd users all odd ones, in orders of their own, but for two items each.

    Also returns those two: the only sound recommendations for each user. 60 users x 18 events = 1,080 interactions.
    """
    random = np.random.default_rng(seed)
    users, items, withheld = [], [], {}
    for user in range(USERS):
        liked = random.permutation([item for item in range(ITEMS) if item % 2 == user % 2])
        users += [f"u{user}"] * (len(liked) - WITHHELD)
        items += [f"i{item}" for item in liked[WITHHELD:]]
        withheld[f"u{user}"] = {f"i{item}" for item in liked[:WITHHELD]}
    return TrainingData(interactions(users, items, list(range(START, START + len(users)))), None, None), withheld


def each_twice(seed: int = 1) -> tuple[TrainingData, dict[str, str]]:
    """Everyone clicks an item and then watches it, 10 items each of 200, and has at last clicked an 11th.

    Also returns those: what each user is going to watch. 60 users x 21 events = 1,260 interactions.
    """
    random = np.random.default_rng(seed)
    users, items, next_ones = [], [], {}
    for user in range(USERS):
        clicked = [f"i{item}" for item in random.permutation(200)[:11]]
        users += [f"u{user}"] * 21
        items += [item for item in clicked for _ in range(2)][:21]
        next_ones[f"u{user}"] = clicked[-1]
    return TrainingData(interactions(users, items, list(range(START, START + len(users)))), None, None), next_ones


def recommend(model: Model, user: str, count: int = 25, exploration: Exploration = DEFAULT_EXPLORATION) -> Ranking:
    return model.answer(Query(user_id=user, num_results=count, exploration=exploration))


def recommend_many(
    model: Model, users: list[str], count: int = 25, exploration: Exploration = DEFAULT_EXPLORATION
) -> list[Ranking]:
    return list(model.answer_many([Query(user_id=user, num_results=count, exploration=exploration) for user in users]))
