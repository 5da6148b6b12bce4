"""New items among the recommended ones, so that they get a chance to be interacted with."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from include.local_personalize.engine.histories import Floats, Int64s, numbered

SECONDS_A_DAY = 86_400
WEIGHT = "explorationWeight"
AGE_CUT_OFF = "explorationItemAgeCutOff"


@dataclass(frozen=True)
class Exploration:
    """``weight`` (0 to 1) is the share of recommended items that are new ones, as long as there are new ones left;
    ``item_age_cut_off_days`` is the largest age of an item that counts as new."""

    weight: float = 0.3
    item_age_cut_off_days: float = 30.0

    @classmethod
    def of(cls, item_exploration_config: Mapping[str, str] | None) -> "Exploration":
        """From the API's itemExplorationConfig, whose values are strings; ValueError names the key that is
        wrong.
        """
        config = dict(item_exploration_config or {})
        weight = _number(config, WEIGHT, cls.weight)
        age = _number(config, AGE_CUT_OFF, cls.item_age_cut_off_days)
        if config:
            raise ValueError(f"unknown key {sorted(config)[0]}: the keys are {WEIGHT} and {AGE_CUT_OFF}")
        if not 0 <= weight <= 1:
            raise ValueError(f"{WEIGHT} must be from 0 to 1, not {weight:g}")
        if not 0 <= age < float("inf"):
            raise ValueError(f"{AGE_CUT_OFF} must be a number of days, 0 or more, not {age:g}")
        return cls(weight, age)


DEFAULT_EXPLORATION = Exploration()


def _number(config: dict[str, str], key: str, default: float) -> float:
    value = config.pop(key, default)
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{key} must be a number, not {value!r}") from None


@dataclass(frozen=True)
class ColdItems:
    """Items that the model's weights do not know, with their creation times, and the time of the latest
    interaction of anyone (epoch seconds), from which ages are counted.

    ``ignored`` counts the impressions of each that no interaction answered. ``factors`` (items x factors) are those
    that their metadata foretells; without factors they have none.
    """

    item_ids: list[str]
    created: Int64s
    latest_interaction: int
    ignored: Int64s
    factors: Floats

    def young(self, exploration: Exploration) -> Int64s:
        """The positions of those that may be explored."""
        oldest = self.latest_interaction - exploration.item_age_cut_off_days * SECONDS_A_DAY
        return np.flatnonzero(self.created >= oldest)

    def preference(self, positions: Int64s, taste: Floats) -> Floats:
        """How much rather than others each of these is shown to a user of this taste, as a logarithm: a standard
        deviation of taste counts 1, and n ignored impressions as much as one chance among n + 1.
        """
        if not len(positions):
            return np.empty(0)
        preferred = -np.log1p(self.ignored[positions])
        if self.factors.shape[1] and len(taste):
            likings = self.factors[positions] @ taste
            deviation = likings.std()
            preferred += (likings - likings.mean()) / deviation if deviation > 0 else 0.0
        return preferred


def cold_items(warm: list[str], interactions: pa.Table, items: pa.Table | None) -> ColdItems:
    """The items of either table that are not ``warm``, in the order of their ids.

    An item is created at its CREATION_TIMESTAMP; without one, at its first interaction; without that, at the
    latest interaction of all, so that it counts as new. Source: Amazon Personalize developer guide, item data,
    creation timestamp.
    """
    latest = pc.max(interactions["TIMESTAMP"]).as_py() or 0
    numbers, item_ids = numbered(interactions["ITEM_ID"], warm)
    rows = np.flatnonzero(numbers >= len(warm))
    first = np.full(len(item_ids), latest, np.int64)
    np.minimum.at(first, numbers[rows], interactions["TIMESTAMP"].to_numpy()[rows])
    created = dict(zip(item_ids, first.tolist(), strict=True))
    if items is not None:
        created.update((item, latest) for item in items["ITEM_ID"].to_pylist() if item not in created)
        if "CREATION_TIMESTAMP" in items.column_names:
            stamped = items.filter(pc.is_valid(items["CREATION_TIMESTAMP"]))
            created.update(zip(stamped["ITEM_ID"].to_pylist(), stamped["CREATION_TIMESTAMP"].to_pylist(), strict=True))
    cold = sorted(created.keys() - set(warm))
    times = np.array([created[item] for item in cold], np.int64)
    return ColdItems(cold, times, latest, ignored_impressions(cold, interactions), np.empty((len(cold), 0)))


def ignored_impressions(item_ids: Sequence[str], interactions: pa.Table) -> Int64s:
    """How many more times each item was in an IMPRESSION than it was interacted with, at least 0."""
    if "IMPRESSION" not in interactions.column_names or not item_ids:
        return np.zeros(len(item_ids), np.int64)
    wanted = pa.array(item_ids, pa.string())
    shown = pc.list_flatten(pc.split_pattern(interactions["IMPRESSION"].cast(pa.string()).drop_null(), "|"))
    had = interactions["ITEM_ID"].cast(pa.string())
    ignored: Int64s = np.maximum(0, _counts(wanted, shown) - _counts(wanted, had))
    return ignored


def _counts(wanted: pa.Array, values: pa.ChunkedArray) -> Int64s:
    positions = pc.index_in(values, value_set=wanted).drop_null()
    counts: Int64s = np.bincount(positions.to_numpy(), minlength=len(wanted))
    return counts


def slots(preference: Floats, weight: float, user_id: str, seed: int) -> tuple[Int64s, Int64s]:
    """The positions (from 0, ascending) that new items take in a user's recommendations, however long, and which of
    the items of these preferences take them.

    Each position is a new item's with probability ``weight``, and of the items that are left each takes it with a
    probability in proportion to the exponential of its preference. The draw depends on seed and user alone: a longer
    list begins as the shorter one, and a larger weight moves new items forward.
    """
    if not len(preference) or weight <= 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    key = hashlib.blake2b(f"{seed}:{user_id}".encode(), digest_size=8).digest()
    random = np.random.default_rng(int.from_bytes(key))
    # Sorting by preferences with Gumbel noise draws without replacement in proportion to their exponentials.
    order = np.argsort(-(preference + random.gumbel(size=len(preference))), kind="stable")
    chances = random.random(len(preference))
    # The number of positions until the next success, drawn by inverting the geometric distribution.
    gaps = np.ones(len(order)) if weight >= 1 else np.maximum(1, np.ceil(np.log1p(-chances) / np.log1p(-weight)))
    return (np.cumsum(gaps) - 1).astype(np.int64), order


def interleaved(
    items: list[str], chances: Floats, positions: Int64s, new_items: list[str], num_results: int
) -> tuple[list[str], Floats]:
    """The first ``num_results`` of the known ``items``, best first, with the new ones in their places, and the
    scores of both.

    A new item has the score of the known one whose place it took; all scores are then divided by their new sum.
    ``items`` must reach as far as the last place taken, unless there are no more: new items beyond that follow
    at the end.
    """
    displaced = positions - np.arange(len(positions))
    padded = np.append(chances, chances[-1] if len(chances) else 1.0)
    new_chances = padded[np.minimum(displaced, len(chances))]
    # A new item goes before the known one that it displaced, and new ones keep their order.
    order = np.argsort(np.concatenate((np.arange(len(items)), displaced - 0.5)), kind="stable")[:num_results]
    both = [*items, *new_items]
    total = (1.0 if len(items) else 0.0) + new_chances.sum()
    return [both[at] for at in order], np.concatenate((chances, new_chances))[order] / total
