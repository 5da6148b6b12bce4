"""What a dataset group is made of is created once and adopted ever after."""

from collections.abc import Callable
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from amazon_personalize.operators.resources import (
    PersonalizeCreateDatasetGroupOperator,
    PersonalizeCreateDatasetOperator,
    PersonalizeCreateSchemaOperator,
    PersonalizeCreateSolutionOperator,
)
from tests.include.local_personalize.shop import schema_text


def create(operator: type, group: str, request: dict[str, Any], **members: Any) -> Any:
    return operator(task_id="create", dataset_group=group, request=request, **members)


def test_a_group_is_created_once_and_adopted_after(run: Any, name: Any, calls: Callable[[str], int]) -> None:
    group, before = name("group"), calls("CreateDatasetGroup")

    first, second = (
        create(PersonalizeCreateDatasetGroupOperator, group, {"name": group}).execute(run().context) for _ in range(2)
    )

    assert first == second == f"arn:aws:personalize:us-east-1:123456789012:dataset-group/{group}"
    assert calls("CreateDatasetGroup") == before + 1


def test_a_schema_dataset_and_solution_find_each_other(run: Any, name: Any, server: Any) -> None:
    group = name("group")
    create(PersonalizeCreateDatasetGroupOperator, group, {"name": group}).execute(run().context)
    schema = create(
        PersonalizeCreateSchemaOperator, group, {"name": name("schema"), "schema": schema_text("Interactions")}
    ).execute(run().context)
    request = {"name": f"{group}-interactions", "datasetType": "Interactions", "schemaArn": schema}

    datasets = {create(PersonalizeCreateDatasetOperator, group, dict(request)).execute(run().context) for _ in range(2)}
    solution = create(
        PersonalizeCreateSolutionOperator,
        group,
        {"name": name("solution"), "performAutoTraining": False},
        recipe="aws-user-personalization",
    ).execute(run().context)

    assert datasets == {f"arn:aws:personalize:us-east-1:123456789012:dataset/{group}/INTERACTIONS"}
    described = server.client("personalize").describe_solution(solutionArn=solution)["solution"]
    assert described["recipeArn"] == "arn:aws:personalize:::recipe/aws-user-personalization"
    assert described["datasetGroupArn"].endswith(f"/{group}")


def test_the_same_schema_in_other_words_is_the_same(run: Any, name: Any) -> None:
    schema = name("schema")
    text = schema_text("Interactions")

    first, second = (
        create(PersonalizeCreateSchemaOperator, "g", {"name": schema, "schema": spelled}).execute(run().context)
        for spelled in (text, text.replace(" ", ""))
    )

    assert first == second


@pytest.mark.parametrize(
    ("operator", "one", "other", "says"),
    [
        (
            PersonalizeCreateSchemaOperator,
            {"schema": schema_text("Interactions")},
            {
                "schema": schema_text(
                    "Interactions", [("USER_ID", "string"), ("ITEM_ID", "string"), ("TIMESTAMP", "long")]
                )
            },
            "schema is",
        ),
        (
            PersonalizeCreateDatasetGroupOperator,
            {},
            {"domain": "ECOMMERCE"},
            "domain",
        ),
    ],
)
def test_a_resource_with_other_settings_is_never_taken_for_ours(
    run: Any, name: Any, operator: type, one: dict, other: dict, says: str
) -> None:
    resource = name("resource")
    create(operator, "g", {"name": resource, **one}).execute(run().context)

    with pytest.raises(AirflowFailException, match=f"is there already, but {says}.*another name"):
        create(operator, "g", {"name": resource, **other}).execute(run().context)
