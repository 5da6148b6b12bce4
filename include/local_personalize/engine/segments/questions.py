"""Offline questions about segments: who turned to items, or to items with an attribute, after training's data ends?

Source: Amazon Personalize developer guide, metrics of user segmentation: each user's data is split 80 to 20, and the
segment that answers a question is the top 1% of all users.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from include.local_personalize.engine.histories import Histories, Int32s, Int64s
from include.local_personalize.engine.holdout import Holdout
from include.local_personalize.engine.segments.attributes import Attributes

SHARE_OF_EVENTS = 0.2
SHARE_OF_USERS = 0.01
# Each question scores every user; more of them would say the same more slowly.
MOST_QUESTIONS = 400


@dataclass(frozen=True)
class Question:
    """The items that are asked about, and the users who have any of them in the hidden part of their data."""

    items: Int32s
    users: Int64s


def split(histories: Histories) -> Holdout:
    """Hide the newest 20% (at least one) of the interactions of every user who has two or more."""
    lengths = histories.lengths
    hidden_events = np.where(lengths >= 2, np.maximum(1, SHARE_OF_EVENTS * lengths).astype(np.int64), 0)
    hidden = histories.ages < np.repeat(hidden_events, lengths)
    return Holdout(histories.where(~hidden), histories.where(hidden), np.flatnonzero(hidden_events))


def draw(hidden: Histories, attributes: Attributes | None, seed: int) -> list[Question]:
    """Up to MOST_QUESTIONS in an order drawn from the seed, about single attributes, or about single items."""
    by_item = np.argsort(hidden.items, kind="stable")
    starts = np.concatenate(([0], np.cumsum(np.bincount(hidden.items, minlength=len(hidden.item_ids)))))
    users = hidden.users[by_item].astype(np.int64)
    if attributes is None:
        asked = [np.array([item]) for item in np.unique(hidden.items)]
    else:
        asked = [attributes.of(name) for name in range(len(attributes.names))]
    drawn = []
    for at in np.random.default_rng(seed).permutation(len(asked)):
        turned = [users[starts[item] : starts[item + 1]] for item in asked[at]]
        relevant = np.unique(np.concatenate(turned))
        if len(relevant):
            drawn.append(Question(asked[at], relevant))
        if len(drawn) == MOST_QUESTIONS:
            break
    return drawn


def segment_size(users: int) -> int:
    """How many users the top 1% are: at least one."""
    return math.ceil(SHARE_OF_USERS * users)


def metrics(segments: Sequence[Int64s], relevant: Sequence[Int64s], users: int) -> dict[str, float]:
    """Means over the questions, to 4 decimals, of how many relevant users a segment has and of which share of them;
    and ``coverage``, the users who are in any of the segments, divided by all users.
    """
    hits = [len(np.intersect1d(segment, truth)) for segment, truth in zip(segments, relevant, strict=True)]
    shares = [hit / len(truth) for hit, truth in zip(hits, relevant, strict=True)]
    measured = {
        "coverage": len(np.unique(np.concatenate(segments))) / users,
        "hits_at_1_percent": float(np.mean(hits)),
        "recall_at_1_percent": float(np.mean(shares)),
    }
    return {name: round(value, 4) for name, value in measured.items()}
