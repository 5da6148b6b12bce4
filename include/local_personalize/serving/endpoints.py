"""What stands behind a campaign or a recommender at the moment of a request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from include.local_personalize.call import Call
from include.local_personalize.datasets import deleted_users, put_data
from include.local_personalize.engine import Allowed, Exploration, Model, StreamedEvent
from include.local_personalize.engine.catalogue import CATALOGUE, Recipe
from include.local_personalize.errors import InvalidInput
from include.local_personalize.filters.group_data import GroupData
from include.local_personalize.state import updates
from include.local_personalize.state.arns import RECIPE_PREFIX
from include.local_personalize.state.lifecycle import ACTIVE
from include.local_personalize.state.resources import Resource

USED_BY_PERSON = ("USER_PERSONALIZATION", "PERSONALIZED_RANKING")


@dataclass(frozen=True)
class Served:
    """A trained model with its configuration; ``owner`` is the solution version or recommender that has the model."""

    owner: Resource
    recipe: Recipe
    config: Mapping[str, Any]
    data: GroupData

    @property
    def trained_as(self) -> str:
        """The name of the recipe that the model was trained with."""
        return self.recipe.use_case.trained_as if self.recipe.use_case else self.recipe.name

    @property
    def exploration(self) -> Exploration:
        return Exploration.of(self.config.get("itemExplorationConfig"))

    @property
    def gives_metadata(self) -> bool:
        """The newer recipes always do; the others where it was switched on."""
        return self.recipe.name.endswith("-v2") or bool(self.config.get("enableMetadataWithRecommendations"))

    def model(self, call: Call) -> Model:
        return call.service.models.of(self.owner)

    def streamed(self, call: Call, user_id: str) -> tuple[StreamedEvent, ...]:
        """The user's events that the model does not know, where the recipe takes them into account at once."""
        if self.recipe.type not in USED_BY_PERSON or not user_id:
            return ()
        interactions = self.data.contents("INTERACTIONS")
        known = self.owner.notes.get("put_seq", 0)
        if interactions.put_seq <= known:
            return ()
        connection = call.resources.connection
        return tuple(put_data.streamed(connection, interactions.dataset_arn, user_id, known))

    def known_as(self, call: Call, user_id: str) -> str:
        """The id to ask the model for: none where the user's data was deleted after the training."""
        if not user_id:
            return user_id
        dataset_arn, known = self.data.contents("INTERACTIONS").dataset_arn, self.owner.notes.get("put_seq", 0)
        return deleted_users.known_as(call.resources.connection, dataset_arn, known, user_id)

    def removed(self, user_id: str) -> Allowed | None:
        """What is left after the automatic filter of a domain's use case; None where it has none."""
        event_type = self.recipe.use_case.removes if self.recipe.use_case else None
        return self.data.without_events(event_type, user_id) if event_type else None


def campaign(call: Call, arn: str) -> Served:
    """What a campaign serves; raises ResourceNotFound, or InvalidInput while it is not ACTIVE."""
    found = _active(call, arn, "campaign")
    members = updates.serving(found, call.now)
    version = call.resources.get(members["solutionVersionArn"], "solution-version")
    return _served(call, version, members.get("campaignConfig", {}))


def recommender(call: Call, arn: str) -> Served:
    """What a recommender serves; raises ResourceNotFound, or InvalidInput while it is not ACTIVE."""
    found = _active(call, arn, "recommender")
    return _served(call, found, updates.serving(found, call.now).get("recommenderConfig", {}))


def _active(call: Call, arn: str, kind: str) -> Resource:
    found = call.resources.get(arn, kind)
    status = found.lifecycle.status(call.now)
    if status != ACTIVE:
        raise InvalidInput(f"{arn} must be ACTIVE; its status is {status}.")
    return found


def _served(call: Call, owner: Resource, config: Mapping[str, Any]) -> Served:
    recipe = CATALOGUE[owner.body["recipeArn"].removeprefix(RECIPE_PREFIX)]
    data = call.service.data.of_group(call.resources, owner.body["datasetGroupArn"])
    return Served(owner, recipe, config, data)
