import pytest

from include.local_personalize.engine.training_columns import chosen


@pytest.mark.parametrize(
    ("selection", "left"),
    [
        ({}, ["A", "B", "C"]),
        ({"excludedDatasetColumns": {"Items": ["B"]}}, ["A", "C"]),
        ({"excludedDatasetColumns": {"Items": ["B"], "ITEMS": ["C"], "Users": ["A"]}}, ["A"]),
        ({"includedDatasetColumns": {"items": ["C", "UNHEARD_OF"]}}, ["C"]),
        ({"includedDatasetColumns": {"Items": []}}, []),
        ({"includedDatasetColumns": {"Users": ["B"]}}, ["A", "B", "C"]),
    ],
)
def test_columns_train_that_are_included_or_not_excluded(
    selection: dict[str, dict[str, list[str]]], left: list[str]
) -> None:
    assert chosen("ABC", {"trainingDataConfig": selection}, "ITEMS") == left
    assert chosen("ABC", {}, "ITEMS") == ["A", "B", "C"]
