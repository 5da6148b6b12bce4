"""The names of properties; expected ones are Amazon's own, or follow from its rule."""

import pytest

from include.datasets.events.property_name import property_name


@pytest.mark.parametrize(
    ("column", "name"),
    [
        ("NUM_RATINGS", "numRatings"),
        ("DEVICE", "device"),
        ("watchTime", "watchTime"),
        ("Page_view", "pageView"),
        ("L1_CATEGORY", "l1Category"),
        ("_HIDDEN", "hidden"),
    ],
)
def test_a_column_in_camel_case(column: str, name: str) -> None:
    assert property_name(column) == name
