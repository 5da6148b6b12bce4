"""Themes of items, on metadata whose shared words are plain to see."""

import pyarrow as pa
import pytest

from include.local_personalize.batch.themes import Themes
from include.local_personalize.filters import Records
from tests.include.local_personalize.filters.schemas import SCHEMAS

FILMS = {
    "ITEM_ID": ["alien", "blob", "bambi", "heidi", "bare"],
    "GENRES": ["horror|space", "horror", "family", "family", None],
    "STUDIO": ["Fox", "Fox", "Disney", "Disney", None],
    "STORY": ["a creature hunts a crew", "a creature eats a town", "a fawn and the forest", "a girl", None],
    "PRICE": pa.nulls(5, pa.float32()),
    "YEAR": pa.nulls(5, pa.int32()),
    "ON_SALE": pa.nulls(5, pa.bool_()),
}


@pytest.fixture(scope="module")
def themes():
    return Themes(Records(SCHEMAS["ITEMS"], [], pa.table(FILMS)), SCHEMAS["ITEMS"], "STUDIO")


def test_a_theme_is_what_several_items_share(themes):
    theme, closeness = themes.of(["alien", "blob"])
    assert sorted(theme.split(", ")) == ["creature", "fox", "horror"]
    # In both items the three weigh alike; alien has three words more (space, hunts, crew), blob two (eats, town).
    assert 0 < closeness[0] < closeness[1] < 1


def test_items_far_from_the_theme_score_low(themes):
    theme, closeness = themes.of(["alien", "blob", "heidi", "bare", "unknown"])
    assert set(theme.split(", ")) == {"creature", "fox", "horror"}
    assert closeness[2:] == [0, 0, 0]


def test_without_metadata_there_is_no_theme(themes):
    for items in (["bare"], ["unknown"], []):
        with pytest.raises(ValueError, match="no metadata to find a theme in"):
            themes.of(items)
    with pytest.raises(ValueError, match="No item has metadata"):
        Themes(Records(SCHEMAS["ITEMS"], [], None), SCHEMAS["ITEMS"], "STUDIO")
