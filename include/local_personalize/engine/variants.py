"""Recipes that share the weights of user personalization, and what each makes of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, TypeVar

from include.local_personalize.engine import storage
from include.local_personalize.engine.data import Training
from include.local_personalize.engine.exploration import Exploration
from include.local_personalize.engine.personalization import user_personalization
from include.local_personalize.engine.personalization.user_personalization import UserPersonalization
from include.local_personalize.engine.query import Query
from include.local_personalize.engine.ranking import Model, Ranking, Trained

EXPLORED, POPULAR = "Exploration", "Popular item"
RECENCY_BIAS = "apply_recency_bias"

Variant = TypeVar("Variant", bound=UserPersonalization)


@dataclass(frozen=True)
class UserPersonalizationV2(UserPersonalization):
    """It says why it recommends an item that the user's history does not: because it is new, or popular."""

    recipe: ClassVar[str] = "aws-user-personalization-v2"

    def _rankings(self, queries: Sequence[Query]) -> list[Ranking]:
        rankings = super()._rankings(queries)
        return [
            replace(ranking, reasons=self._reasons(query, ranking.items))
            for query, ranking in zip(queries, rankings, strict=True)
        ]

    def _reasons(self, query: Query, items: Sequence[str]) -> list[list[str]]:
        personal = (self._events(query) < self.weights.item_count).any()
        return [[EXPLORED] if item not in self._warm else [] if personal else [POPULAR] for item in items]


@dataclass(frozen=True)
class Hrnn(UserPersonalization):
    """A legacy recipe, from before exploration."""

    recipe: ClassVar[str] = "aws-hrnn"

    def _rankings(self, queries: Sequence[Query]) -> list[Ranking]:
        return super()._rankings([replace(query, exploration=Exploration(weight=0)) for query in queries])


@dataclass(frozen=True)
class HrnnMetadata(Hrnn):
    """Here the same as aws-hrnn: its order of items comes from events alone."""

    recipe: ClassVar[str] = "aws-hrnn-metadata"


RECIPES: Mapping[str, type[UserPersonalization]] = {
    each.recipe: each for each in (UserPersonalizationV2, Hrnn, HrnnMetadata)
}


def train(training: Training) -> Trained:
    """Train user personalization."""
    trained = user_personalization.train(of_first_version(training))
    return Trained(recast(trained.model, RECIPES[training.recipe]), trained.metrics)


def of_first_version(training: Training) -> Training:
    """With the hyperparameters of a v2 recipe spelled as those of the first version."""
    given = dict(training.config.get("algorithmHyperParameters", {}))
    if RECENCY_BIAS in given:
        given["recency_mask"] = given.pop(RECENCY_BIAS)
    return replace(training, config={**training.config, "algorithmHyperParameters": given})


def recast(model: Model, to: type[Variant]) -> Variant:
    """The same weights and histories in a model of another recipe."""
    return to(**{each.name: getattr(model, each.name) for each in fields(UserPersonalization)})


def restored(header: dict[str, Any], arrays: storage.Arrays) -> UserPersonalization:
    """The model that ``save`` wrote."""
    return recast(user_personalization.restored(header, arrays), RECIPES[header["recipe"]])
