from datetime import UTC, datetime

import pytest
from croniter import croniter

from include.demo import shop
from include.demo.failure import DemoError
from include.demo.processes import REPOSITORY

ROWS = [f"u{row % 60},i{row % 90},{row * 30},watch" for row in range(9_000)]


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "My Shop!"
    folder.mkdir()
    (folder / "interactions.csv").write_text("\n".join(["USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE", *ROWS]))
    (folder / "items.csv").write_text("\n".join(["ITEM_ID,PRICE", *(f"i{item},{item}.5" for item in range(90))]))
    return folder


def test_own_data_becomes_a_dataset_group_that_config_accepts(tmp_path, data):
    made = shop.own(tmp_path, data)
    assert made.group.name == "my-shop"
    assert made.buckets == {"my-shop-incoming", "my-shop-workspace", "my-shop-delivery"}
    assert list(made.group.datasets) == ["interactions", "items"]
    assert [file.name for file in made.files.iterdir()] == ["my-shop.yaml"]
    assert sum(part.rows["interactions"] for part in made.parts) == 9_000


def test_too_little_data_is_told_with_its_place(tmp_path, data):
    (data / "interactions.csv").write_text("USER_ID,ITEM_ID,TIMESTAMP\nu,i,1\n")
    with pytest.raises(DemoError, match=r"My Shop!: 1 interactions on 1 days do not fill .*: give more interactions"):
        shop.own(tmp_path, data)


def test_a_wrong_key_is_told_with_file_line_and_what_is_allowed(tmp_path):
    shipped = (REPOSITORY / "include/dataset_groups/movies.yaml").read_text()
    file = tmp_path / "movies.yaml"
    file.write_text(shipped.replace("\nalerts:", "\nalarms:"))
    line = shipped[: shipped.index("\nalerts:")].count("\n") + 2
    with pytest.raises(DemoError, match=rf"movies\.yaml:{line}: alarms: unknown key. Allowed: .*alerts"):
        shop.checked(file)


@pytest.mark.parametrize("name", ["import", "train_full", "export"])
@pytest.mark.parametrize("day", range(22, 29))
def test_no_nightly_run_comes_near_the_demo(name, day):
    now = datetime(2026, 11, day, 2, 45, tzinfo=UTC)
    cron = croniter(shop.half_a_day_away(now)[name], now)
    next_run = cron.get_next(datetime)
    last_run = croniter(shop.half_a_day_away(now)[name], now).get_prev(datetime)
    hours_to, hours_since = ((moment.total_seconds() / 3600) for moment in (next_run - now, now - last_run))
    assert hours_to >= 12
    # Airflow runs a fresh DAG at once if its last tick is less than a tenth of the period ago.
    assert hours_since > (hours_to + hours_since) / 10


@pytest.mark.parametrize(
    ("folder", "name"), [("Shop 1", "shop-1"), ("x", "shop-x"), ("ünï", "shop-n"), ("a" * 50, "a" * 30)]
)
def test_any_folder_gives_a_name_that_buckets_may_bear(tmp_path, folder, name):
    assert shop._name(tmp_path / folder) == name
