import pytest

from include.demo import movielens, nights


@pytest.fixture(scope="module")
def tables():
    return movielens.tables(movielens.fetch())


def test_it_is_the_whole_of_it(tables):
    # The counts GroupLens publishes.
    assert {kind: len(table) for kind, table in tables.items()} == {
        "interactions": 100_000,
        "items": 1_682,
        "users": 943,
    }
    assert set(tables["interactions"]["ITEM_ID"]) == set(tables["items"]["ITEM_ID"])
    assert set(tables["interactions"]["USER_ID"]) == set(tables["users"]["USER_ID"])


def test_the_second_fetch_needs_no_download(tmp_path, monkeypatch):
    folder = movielens.fetch()
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9")
    assert movielens.fetch() == folder


def test_films_of_the_epoch_have_their_year(tables):
    items = tables["items"].set_index("ITEM_ID")
    assert items.loc["1"].to_dict() == {
        "TITLE": "Toy Story",
        "GENRES": "Animation|Children's|Comedy",
        "CREATION_TIMESTAMP": str(9131 * 86_400),  # 1995-01-01 is 25 years, 6 of them leap years, after the epoch
    }
    years = items["CREATION_TIMESTAMP"]
    assert (years[years != ""].astype(int) >= 0).all()


def test_no_row_is_lost_between_the_history_and_the_nights(tables):
    parts = nights.split(tables)
    for kind, table in tables.items():
        assert sum(part.rows[kind] for part in parts) == len(table)
    assert all(part.rows["interactions"] >= nights.MINIMUM for part in parts)
