"""aws-personalized-ranking and aws-personalized-ranking-v2: a given list of items in the order of a user's interest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from include.local_personalize.engine import storage, variants
from include.local_personalize.engine.data import Training
from include.local_personalize.engine.histories import Floats, Int32s
from include.local_personalize.engine.personalization import user_personalization
from include.local_personalize.engine.personalization.blend import blended
from include.local_personalize.engine.personalization.candidates import CHOSEN
from include.local_personalize.engine.personalization.user_personalization import UserPersonalization
from include.local_personalize.engine.query import Query
from include.local_personalize.engine.ranking import Ranking, Trained

DECIMALS = 7


@dataclass(frozen=True)
class PersonalizedRanking(UserPersonalization):
    """The weights of user personalization, asked about ``Query.item_list`` instead of about all items."""

    recipe: ClassVar[str] = "aws-personalized-ranking"

    def _rankings(self, queries: Sequence[Query]) -> list[Ranking]:
        return [self._ordered(query) for query in queries]

    def _ordered(self, query: Query) -> Ranking:
        """The items of the list that the query allows: the likeliest first, with chances that sum to 1, then those
        that the weights do not know, in the order of the list and without a score.
        """
        listed = [item for item in dict.fromkeys(query.item_list) if item in query.allowed]
        known = np.array(sorted(self._warm[item] for item in listed if item in self._warm), np.int32)
        first, chances = self._among(query, known)
        unknown = [item for item in listed if item not in self._warm]
        items = [*(self.histories.item_ids[item] for item in first), *unknown]
        scores: list[float | None] = [*np.round(chances, DECIMALS).tolist(), *([None] * len(unknown))]
        return Ranking(items[: query.num_results], scores[: query.num_results])

    def _among(self, query: Query, known: Int32s) -> tuple[Int32s, Floats]:
        """The known items, likeliest first, and their chances among themselves."""
        if not len(known):
            return known, np.empty(0)
        events = self._events(query)
        if (events < self.weights.item_count).any():
            interest, logits = self._interest(events, known)
        else:
            with np.errstate(divide="ignore"):
                interest = logits = np.log(self.weights.popularity[known])
        added = self.additions.of(query)
        if added is not None:
            interest, logits = interest + added[known], logits + added[known]
        # What never comes back has no chance, but still an order: that of the interest in it.
        order = np.lexsort((-interest, -logits))
        decisive = logits if np.isfinite(logits).any() else np.where(np.isfinite(interest), interest, 0.0)
        chances = np.exp(decisive - decisive.max())
        return known[order], (chances / chances.sum())[order]

    def _interest(self, events: Int32s, known: Int32s) -> tuple[Floats, Floats]:
        """Of each known item, the interest in it whether the user has had it or not, and the logit of its chance."""
        interest, logits = np.empty(self.weights.item_count), np.empty(self.weights.item_count)
        starts = np.array([0, len(events)], np.int64)
        for part in np.split(known, range(CHOSEN, len(known), CHOSEN)):
            others = np.ones(self.weights.item_count, np.bool_)
            others[part] = False
            found = self.weights.candidates(starts, events, barred=others)
            interest[found.items] = blended(found, self.blend.taste_weight, self.blend.sharpness)
            logits[found.items] = self.blend.logits(found)
        return interest[known], logits[known]


@dataclass(frozen=True)
class PersonalizedRankingV2(PersonalizedRanking):
    """The same, with the hyperparameter of the v2 recipes."""

    recipe: ClassVar[str] = "aws-personalized-ranking-v2"


RECIPES: Mapping[str, type[PersonalizedRanking]] = {
    each.recipe: each for each in (PersonalizedRanking, PersonalizedRankingV2)
}


def train(training: Training) -> Trained:
    """Train user personalization; the metrics are those of ranking all items."""
    trained = user_personalization.train(variants.of_first_version(training))
    return Trained(variants.recast(trained.model, RECIPES[training.recipe]), trained.metrics)


def restored(header: dict[str, Any], arrays: storage.Arrays) -> PersonalizedRanking:
    """The model that ``save`` wrote."""
    return variants.recast(user_personalization.restored(header, arrays), RECIPES[header["recipe"]])
