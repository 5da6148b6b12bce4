"""Waiters and the naming rule, held against the API's own model."""

import json
from pathlib import Path

import botocore.loaders
import jmespath
import pytest
from botocore.model import OperationModel, ServiceModel, StructureShape

from amazon_personalize import resources
from amazon_personalize.resources import Resource

MODEL = ServiceModel(botocore.loaders.Loader().load_service_model("personalize", "service-2"), "personalize")
WAITERS = json.loads((Path(resources.__file__).with_name("waiters.json")).read_text())["waiters"]
KINDS = [value for value in vars(resources).values() if isinstance(value, Resource)]


def describe(resource: Resource) -> OperationModel:
    return MODEL.operation_model(f"Describe{resource.kind}")


@pytest.mark.parametrize("resource", KINDS, ids=lambda resource: resource.kind)
def test_every_call_follows_from_the_kinds_name(resource: Resource) -> None:
    create = MODEL.operation_model(f"Create{resource.kind}")

    assert resource.arn_member in create.output_shape.members
    assert resource.name_member in create.input_shape.members
    assert resource.arn_member in describe(resource).input_shape.members
    assert resource.member in describe(resource).output_shape.members


@pytest.mark.parametrize("name", WAITERS)
def test_a_waiter_asks_for_what_the_answer_has(name: str) -> None:
    waiter = WAITERS[name]
    output = MODEL.operation_model(waiter["operation"]).output_shape

    for acceptor in waiter["acceptors"]:
        if acceptor["matcher"] == "error":
            modelled = {error.name for error in MODEL.operation_model(waiter["operation"]).error_shapes}
            assert acceptor["expected"] in modelled
            continue
        for path in acceptor["argument"].split(" || "):
            shape = output
            for member in path.split("."):
                assert isinstance(shape, StructureShape)
                assert member in shape.members, f"{name}: {path}"
                shape = shape.members[member]
            assert shape.type_name == "string"


def test_every_kind_with_a_status_has_a_waiter() -> None:
    with_status = {r.waiter("active") for r in KINDS if "status" in describe(r).output_shape.members[r.member].members}

    assert set(WAITERS) == with_status | {"campaign_deleted"}


@pytest.mark.parametrize(
    ("campaign", "state"),
    [
        ({"status": "CREATE PENDING"}, None),
        ({"status": "ACTIVE"}, "success"),
        ({"status": "CREATE FAILED"}, "failure"),
        # While an update runs, the campaign itself stays ACTIVE.
        ({"status": "ACTIVE", "latestCampaignUpdate": {"status": "CREATE IN_PROGRESS"}}, None),
        ({"status": "ACTIVE", "latestCampaignUpdate": {"status": "CREATE FAILED"}}, "failure"),
        ({"status": "ACTIVE", "latestCampaignUpdate": {"status": "ACTIVE"}}, "success"),
    ],
)
def test_a_campaign_is_waited_for_on_its_latest_update(campaign: dict, state: str | None) -> None:
    acceptors = WAITERS["campaign_active"]["acceptors"]

    reached = [a["state"] for a in acceptors if jmespath.search(a["argument"], {"campaign": campaign}) == a["expected"]]

    assert reached == ([state] if state else [])
