"""aws-hrnn-coldstart: user personalization that holds young items with few interactions back, and explores them.

Amazon Personalize refuses to train it with fewer than 100 such items; here any number will do.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from include.local_personalize.engine import storage, variants
from include.local_personalize.engine.catalogue import CATALOGUE
from include.local_personalize.engine.data import Training, check_minimums
from include.local_personalize.engine.exploration import Exploration, cold_items
from include.local_personalize.engine.histories import encode
from include.local_personalize.engine.personalization import user_personalization
from include.local_personalize.engine.personalization.user_personalization import UserPersonalization
from include.local_personalize.engine.ranking import Trained

PREFIX = "cold_start_"


@dataclass(frozen=True)
class HrnnColdstart(UserPersonalization):
    """Its weights do not know the items that are held back, so that they are explored like any new item."""

    recipe: ClassVar[str] = "aws-hrnn-coldstart"


def train(training: Training) -> Trained:
    """Train user personalization on the items that are not held back."""
    given = training.config.get("featureTransformationParameters", {})
    kept = {name: value for name, value in given.items() if not name.startswith(PREFIX)}
    parameters = CATALOGUE[training.recipe].default_feature_transformation | given
    held_back = pa.array(_held_back(training, parameters), pa.string())
    items = training.interactions["ITEM_ID"].cast(pa.string())
    shown = training.interactions.filter(pc.invert(pc.is_in(items, held_back)))
    histories = encode(shown)
    check_minimums(histories, training.events)
    config = {**training.config, "featureTransformationParameters": kept}
    of_shown = replace(training, config=config, interactions=shown, histories=histories)
    trained = user_personalization.train(of_shown)
    return Trained(variants.recast(trained.model, HrnnColdstart), trained.metrics)


def _held_back(training: Training, parameters: Mapping[str, str]) -> list[str]:
    """Items with fewer than cold_start_max_interactions interactions whose age is at most cold_start_max_duration days,
    counted from cold_start_relative_from: the latest interaction of all, or the time of this training.
    """
    interactions = training.data.interactions
    items = cold_items([], interactions, training.data.items)
    if parameters["cold_start_relative_from"].lower() == "currenttime":
        items = replace(items, latest_interaction=int(time.time()))
    exploration = Exploration(item_age_cut_off_days=float(parameters["cold_start_max_duration"]))
    young = [items.item_ids[at] for at in items.young(exploration)]
    counts = {
        each["values"]: each["counts"] for each in interactions["ITEM_ID"].cast(pa.string()).value_counts().to_pylist()
    }
    return [item for item in young if counts.get(item, 0) < int(parameters["cold_start_max_interactions"])]


def restored(header: dict[str, Any], arrays: storage.Arrays) -> HrnnColdstart:
    """The model that ``save`` wrote."""
    return variants.recast(user_personalization.restored(header, arrays), HrnnColdstart)
