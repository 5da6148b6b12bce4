"""A night of bots: many new users who watch anything at all, which no gate should let into a champion."""

import numpy as np
import pandas as pd

from include.demo.nights import Part

EVENTS_EACH = 25


def poison(night: Part, items: pd.Series, users: int, seed: int = 20) -> Part:
    """The night as it was, and as many bots as there are users, each at 25 items picked blindly.

    `items` are the ids to pick from and `users` is the number of people known so far. Every event falls between the
    night's own first and last second; no row of the night is changed or lost.
    """
    interactions = night.tables["interactions"]
    seconds = pd.to_numeric(interactions["TIMESTAMP"], errors="coerce").dropna().astype(int)
    chance = np.random.default_rng(seed)
    bots = np.repeat([f"bot-{number:05d}" for number in range(users)], EVENTS_EACH)
    events = {
        "USER_ID": bots,
        "ITEM_ID": chance.choice(items.to_numpy(), len(bots)),
        "TIMESTAMP": chance.integers(seconds.min(), seconds.max(), len(bots), endpoint=True).astype(str),
    }
    # Whatever else a row of this shop has, the bots copy from real rows, so that only behaviour gives them away.
    others = [column for column in interactions.columns if column not in events]
    copied = interactions[others].sample(len(bots), replace=True, random_state=seed).reset_index(drop=True)
    bot_events = pd.DataFrame(events).join(copied)[interactions.columns]
    return Part(night.name, {**night.tables, "interactions": pd.concat([interactions, bot_events], ignore_index=True)})
