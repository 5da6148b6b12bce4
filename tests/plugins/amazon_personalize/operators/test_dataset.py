"""A dataset follows its schema as far as Personalize lets it, once, and says why where it does not."""

from collections.abc import Callable
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException, TaskDeferred

from amazon_personalize.hook import PersonalizeHook
from amazon_personalize.operators.resources import PersonalizeCreateDatasetOperator
from tests.include.local_personalize.shop import Shop

UPDATE = "UpdateDataset"
TITLE = ("TITLE", ["null", "string"])
ITEMS = [("ITEM_ID", "string"), ("GENRES", "string", "categorical")]
EVENTS = [("USER_ID", "string"), ("ITEM_ID", "string"), ("TIMESTAMP", "long")]


class Group:
    """A dataset group and the operator that sees to its datasets."""

    def __init__(self, shop: Shop, run: Any) -> None:
        self.shop, self.run, self.name = shop, run(), shop.group().rpartition("/")[2]

    def operator(self, kind: str, fields: list[Any]) -> PersonalizeCreateDatasetOperator:
        request = {"name": self.name, "datasetType": kind, "schemaArn": self.shop.schema(kind, fields)}
        return PersonalizeCreateDatasetOperator(
            task_id="create", dataset_group=self.name, waiter_delay=1, request=request
        )

    def create(self, kind: str, fields: list[Any]) -> str:
        return self.operator(kind, fields).execute(self.run.context)

    def columns(self, dataset: str) -> Any:
        schema = self.shop.describe("dataset", dataset)["schemaArn"]
        return self.shop.describe("schema", schema)["schema"]


@pytest.fixture
def group(shop: Shop, run: Any) -> Group:
    return Group(shop, run)


def test_a_dataset_whose_fields_are_in_another_order_is_adopted(group: Group, calls: Callable[[str], int]) -> None:
    before = calls(UPDATE)
    datasets = {group.create("Interactions", fields) for fields in (EVENTS, EVENTS[::-1])}

    assert len(datasets) == 1
    assert calls(UPDATE) == before


def test_items_get_a_new_field_once(group: Group, calls: Callable[[str], int]) -> None:
    before = calls(UPDATE)
    dataset = group.create("Items", ITEMS)
    grown = group.operator("Items", [*ITEMS, TITLE])

    assert [grown.execute(group.run.context) for _ in range(2)] == [dataset] * 2
    assert "TITLE" in group.columns(dataset)
    assert calls(UPDATE) == before + 1


def test_an_update_under_way_is_waited_for_and_not_begun_again(
    group: Group, calls: Callable[[str], int], slowly: Callable[[], None]
) -> None:
    group.create("Items", ITEMS)
    before, grown = calls(UPDATE), group.operator("Items", [*ITEMS, TITLE])
    slowly()

    waits = []
    for _ in range(2):
        with pytest.raises(TaskDeferred) as wait:
            grown.execute(group.run.context)
        waits.append(wait.value)

    assert {wait.method_name for wait in waits} == {"execute_complete"}
    assert {wait.trigger.waiter_name for wait in waits} == {"dataset_active"}
    assert calls(UPDATE) == before + 1
    with pytest.raises(RuntimeError, match=r"is being moved to .* A retry looks again"):
        group.create("Items", ITEMS)


@pytest.mark.parametrize(
    ("kind", "old", "new", "says"),
    [
        ("Items", ITEMS, [*ITEMS, ("TITLE", "string")], r"TITLE is new and must allow null"),
        ("Items", [*ITEMS, TITLE], ITEMS, r"TITLE is missing"),
        ("Interactions", EVENTS, [*EVENTS, ("DEVICE", ["null", "string"])], r"DEVICE is new; the fields of Interact"),
    ],
)
def test_what_personalize_would_refuse_fails_with_field_reason_and_remedy(
    group: Group, calls: Callable[[str], int], kind: str, old: list[Any], new: list[Any], says: str
) -> None:
    dataset, before = group.create(kind, old), calls(UPDATE)

    with pytest.raises(AirflowFailException, match=rf"{dataset} cannot be moved .*{says}.* Take the change back, or"):
        group.create(kind, new)

    assert calls(UPDATE) == before


def test_a_dataset_of_another_name_is_never_taken_for_ours(group: Group) -> None:
    group.create("Items", ITEMS)
    other = group.operator("Items", ITEMS)
    other.request["name"] = "other"

    with pytest.raises(AirflowFailException, match="is there already, but name is"):
        other.execute(group.run.context)


def test_an_update_that_failed_is_told_with_its_reason(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    """The local service fails no update, so Amazon's answer is spelled out here."""
    operator = group.operator("Items", [*ITEMS, TITLE])
    update = {"schemaArn": operator.request["schemaArn"], "status": "CREATE FAILED", "failureReason": "No such luck."}
    failed = {"status": "ACTIVE", "schemaArn": "old", "datasetType": "ITEMS", "latestDatasetUpdate": update}
    monkeypatch.setattr(PersonalizeHook, "describe", lambda *_: failed)

    with pytest.raises(AirflowFailException, match=r"could not be moved to .*: No such luck\."):
        operator.execute_complete(group.run.context, {"arn": "the dataset"})
