"""Cold items with the tastes that their metadata foretells."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from include.local_personalize.engine import item_features
from include.local_personalize.engine.data import TrainingData
from include.local_personalize.engine.exploration import ColdItems, cold_items
from include.local_personalize.engine.personalization.taste import Taste


def found(
    data: TrainingData, warm: Sequence[str], columns: Mapping[str, str], taste: Taste | None, seed: int
) -> ColdItems:
    """The items that are not ``warm``, the items that the weights know; ``columns`` are those of item metadata that
    train, with their kinds. Without taste or metadata they have no factors.
    """
    cold = cold_items(list(warm), data.interactions, data.items)
    if taste is None or not columns or not cold.item_ids:
        return cold
    every = [*warm, *cold.item_ids]
    features = item_features.compressed(
        item_features.features(data.items, columns, every), taste.factors.shape[1], seed
    )
    known = np.arange(len(every)) < len(warm)
    return replace(cold, factors=item_features.foretold(features, taste.factors, known)[len(warm) :])
