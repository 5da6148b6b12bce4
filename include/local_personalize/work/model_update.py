"""The work of an automatic update or retraining: another model for a version or recommender that stays what it is.

Its resource is the service's own: no operation shows it, and it is gone when the work is done.
"""

from dataclasses import replace
from typing import Any

from include.local_personalize.state import updates
from include.local_personalize.state.data_folder import DataFolder
from include.local_personalize.state.lifecycle import ACTIVE
from include.local_personalize.state.resources import Resource, Resources
from include.local_personalize.work import recommender, training

KIND = "model-update"
OF_THE_MODEL = ("model", "put_seq", "put_action_seq", "read")


def task(resources: Resources, resource: Resource, folder: DataFolder) -> dict[str, Any]:
    owner = resources.get(resource.body["ownerArn"])
    trained = recommender.as_version(owner) if owner.kind == recommender.KIND else owner
    full_version = {"full_version": owner.arn} if resource.body["mode"] == "UPDATE" else {}
    return training.task(resources, replace(trained, notes=full_version), folder)


def run(task: dict[str, Any]) -> dict[str, Any]:
    """As a recommender's."""
    return recommender.run(task)


def settle(resources: Resources, resource: Resource, result: dict[str, Any]) -> dict[str, Any]:
    """The owner has the new model from now on; only a retraining brings new metrics."""
    owner = resources.find(resource.body["ownerArn"])
    if owner is not None:
        owner_notes = owner.notes
        notes = {name: result[name] for name in OF_THE_MODEL} | {"previous_model": owner.notes["model"]}
        if resource.body["mode"] == "UPDATE":
            notes["updated_on"] = resource.notes["data"]
        else:
            notes |= {"metrics": result["metrics"], "data": resource.notes["data"], "updated_on": None}
            owner_notes = updates.ended(owner, ACTIVE)
        resources.change(owner.arn, notes=owner_notes | notes, updated=owner.updated)
    return {"phase": "DELETE", "settles_at": resources.now}
