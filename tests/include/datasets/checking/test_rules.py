"""The names of a source's columns against the schema's, and the names that a source has for them."""

import io

import pytest

from include.datasets.checking.rules import Rules
from include.datasets.checking.source import check_chunks
from include.datasets.reading.chunk import UnusableFileError
from include.datasets.reading.source import read

FIELDS = [{"name": "ITEM_ID", "type": "string"}, {"name": "GENRES", "type": ["string", "null"], "categorical": True}]
RULES = Rules.of("items", FIELDS, {"ITEM_ID": "sku"})


@pytest.mark.parametrize("names", [["sku", "GENRES"], ["GENRES", "sku"], ["sku"], ["sku", "price", "ITEM_ID"]])
def test_accepted(names: list[str]) -> None:
    RULES.accept("s3://shop/items.csv", names)


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (
            ["ITEM_ID", "GENRES"],
            "column sku is missing; found ITEM_ID, GENRES. Add it, name it under `columns`, or let",
        ),
        (["SKU"], "column sku is missing; found SKU. 'SKU' is there: rename it to sku."),
        (
            ["sku ", "Genres"],
            "column sku, GENRES is missing; found sku , Genres. 'sku ' is there: rename it to sku; 'Gen",
        ),
        ([], "column sku is missing; found none"),
    ],
)
def test_refused(names: list[str], says: str) -> None:
    with pytest.raises(UnusableFileError) as error:
        RULES.accept("s3://shop/items.csv", names)
    assert str(error.value).startswith(f"s3://shop/items.csv, line 1: {says}")


def test_columns_are_found_by_the_sources_names_and_blamed_by_the_schemas() -> None:
    file = io.BytesIO(b"sku,GENRES,price\n7,Drama,9.99\n,Crime,5\n")

    chunks = read("s3://shop/items.csv", file, "csv", RULES.types)
    _, checked = check_chunks("s3://shop/items.csv", chunks, RULES, 1_700_000_000)

    assert checked.rows.to_pylist() == [{"ITEM_ID": "7", "GENRES": "Drama"}]
    assert [(row.line, row.column, row.reason, row.text) for row in checked.quarantined] == [
        (3, "ITEM_ID", "ITEM_ID is empty", ",Crime,5\n")
    ]
